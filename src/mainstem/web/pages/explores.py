"""`/explores`, `/explores/{model}/{explore}` and `…/fields/{field}`: what can be asked about, field by field,
and the SQL of each.

It reads the model and asks the warehouse nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException
from starlette.routing import Route

from mainstem.errors import QueryError
from mainstem.query.request import Request as Query
from mainstem.web.auth import Role, requires
from mainstem.web.explore import explore_path as ask_path
from mainstem.web.explore.kept import read_kept
from mainstem.web.explore_fields import by_heading, explore_path, field_path, fields_of
from mainstem.web.listing import Column
from mainstem.web.pages.lookup import named_explore

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from mainstem.query.explorer import Explorer
    from mainstem.query.facts import ViewFacts
    from mainstem.semantics.model import Explore, Model
    from mainstem.web.explore_fields import ExploreField
    from mainstem.web.site import Site

COLUMNS = (
    Column("label", "Explore"),
    Column("fields", "Fields", numeric=True),
    Column("description", "Description"),
)
_SELECTED = ("dimension", "measure")


def routes(site: Site) -> list[Route]:
    @requires(Role.EXPLORER)
    async def explore_list(request: Request) -> Response:
        words = request.query_params.get("q", "").casefold().split()
        explorer = site.explorer_for(request.state.viewer)
        explores = explorer.explores()
        rows = [_row(explorer, model, explore) for model, explore in explores if not explore.hidden]
        found = [row for row in rows if all(word in str(row["searched"]) for word in words)]
        marked = await read_kept(site.services.questions, lambda one, user: one.favourite_explores(user), ())
        seen = {(model.name, explore.name): (model, explore) for model, explore in explores}
        return site.render(
            "explores.html",
            columns=COLUMNS,
            groups=_grouped(found),
            total=len(rows),
            q=request.query_params.get("q", ""),
            favourites=[
                (seen[name][1].label, seen[name][0].label, ask_path(*name)) for name in marked if name in seen
            ],
            keeps=site.services.questions is not None,
        )

    @requires(Role.EXPLORER)
    async def one_explore(request: Request) -> Response:
        explorer = site.explorer_for(request.state.viewer)
        model, explore = named_explore(site, request)
        path = explore_path(model.name, explore.name)
        with_hidden = request.query_params.get("hidden") == "yes"
        every = list(fields_of(explorer, model, explore, hidden=True))
        shown = [field for field in every if with_hidden or not field.hidden]
        return site.render(
            "explore.html",
            model=model,
            explore=explore,
            ask_href=ask_path(model.name, explore.name),
            fields=by_heading(shown),
            field_href=lambda field: field_path(model.name, explore.name, field.name),
            tabs=[
                (f"Fields ({sum(not field.hidden for field in every)})", path, not with_hidden),
                (f"With hidden ones ({len(every)})", f"{path}?hidden=yes", with_hidden),
            ],
        )

    @requires(Role.EXPLORER)
    async def one_field(request: Request) -> Response:
        explorer = site.explorer_for(request.state.viewer)
        model, explore = named_explore(site, request)
        name = request.path_params["field"]
        every = fields_of(explorer, model, explore, hidden=True)
        field = next((field for field in every if field.name == name), None)
        if field is None:
            raise HTTPException(404, f"The explore “{explore.label}” has no field named “{name}”.")
        return site.render(
            "explore_field.html",
            model=model,
            explore=explore,
            explore_href=explore_path(model.name, explore.name),
            field=field,
            **_sql_of(explorer, model, explore, field),
        )

    path = "/explores/{model}/{explore}"
    return [
        Route("/explores", explore_list),
        Route(path, one_explore),
        Route(path + "/fields/{field}", one_field),
    ]


def _row(explorer: Explorer, model: Model, explore: Explore) -> dict[str, str | int]:
    return {
        "label": explore.label,
        "model": model.label,
        "fields": sum(1 for _ in fields_of(explorer, model, explore)),
        "description": explore.description or "",
        "href": ask_path(model.name, explore.name),
        "group": explore.group_label or "",
        "searched": " ".join(
            (explore.label, explore.name, explore.group_label or "", model.label, explore.description or "")
        ).casefold(),
    }


def _grouped(rows: list[dict[str, str | int]]) -> list[tuple[str, str, list[dict[str, str | int]]]]:
    """(model, group, explores), by name; those of no group first."""
    groups: dict[tuple[str, str], list[dict[str, str | int]]] = {}
    for row in sorted(rows, key=lambda row: (str(row["label"]).casefold(), row["href"])):
        groups.setdefault((str(row["model"]), str(row["group"])), []).append(row)
    ordered = sorted(groups.items(), key=lambda one: tuple(name.casefold() for name in one[0]))
    return [(model, group, held) for (model, group), held in ordered]


def _sql_of(explorer: Explorer, model: Model, explore: Explore, field: ExploreField) -> dict[str, Any]:
    """What the page shows of a field's SQL; in the place of what cannot be made, why."""
    alone = Query(model=model.name, explore=explore.name, fields=(field.name,), limit=-1)
    sql: str | None = None
    views: tuple[ViewFacts, ...] = ()
    try:
        facts = explorer.describe_field(model.name, explore.name, field.name)
        if field.kind in _SELECTED and facts.problem is None:
            sql = explorer.compile(alone).sql
            views = explorer.describe_request(alone).views
    except QueryError as e:
        return {"facts": None, "sql": sql, "problem": str(e), "views": []}
    return {
        "facts": facts,
        "sql": sql,
        "problem": facts.problem,
        "views": [(view, explore.joins.get(view.alias), _reads(view)) for view in views],
    }


def _reads(view: ViewFacts) -> str:
    if view.explore_source:
        return f"a query of {view.explore_source}"
    return view.sql_table_name or ("a derived table" if view.derived_sql else "no table of its own")
