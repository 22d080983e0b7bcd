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
from mainstem.web.explore_fields import by_heading, explore_path, field_path, fields_of
from mainstem.web.listing import Column, asked_listing

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from mainstem.query.facts import ViewFacts
    from mainstem.semantics.model import Explore, Model
    from mainstem.web.explore_fields import ExploreField
    from mainstem.web.site import Site

COLUMNS = (
    Column("label", "Explore", sortable=True),
    Column("model", "Model", sortable=True),
    Column("fields", "Fields", numeric=True, sortable=True),
    Column("description", "Description"),
)
_SELECTED = ("dimension", "measure")


def routes(site: Site) -> list[Route]:
    @requires(Role.EXPLORER)
    async def explore_list(request: Request) -> Response:
        asked = asked_listing(request, COLUMNS, "label")
        explores = site.services.explorer.explores()
        rows = [_row(site, model, explore) for model, explore in explores if not explore.hidden]
        rows.sort(key=lambda row: (_folded(row[asked.sort]), row["href"]), reverse=asked.descending)
        return site.render("explores.html", columns=COLUMNS, listing=asked.page_of(rows))

    @requires(Role.EXPLORER)
    async def one_explore(request: Request) -> Response:
        model, explore = _named(site, request)
        path = explore_path(model.name, explore.name)
        with_hidden = request.query_params.get("hidden") == "yes"
        every = list(fields_of(site.services.explorer, model, explore, hidden=True))
        shown = [field for field in every if with_hidden or not field.hidden]
        return site.render(
            "explore.html",
            model=model,
            explore=explore,
            fields=by_heading(shown),
            field_href=lambda field: field_path(model.name, explore.name, field.name),
            tabs=[
                (f"Fields ({sum(not field.hidden for field in every)})", path, not with_hidden),
                (f"With hidden ones ({len(every)})", f"{path}?hidden=yes", with_hidden),
            ],
        )

    @requires(Role.EXPLORER)
    async def one_field(request: Request) -> Response:
        model, explore = _named(site, request)
        name = request.path_params["field"]
        every = fields_of(site.services.explorer, model, explore, hidden=True)
        field = next((field for field in every if field.name == name), None)
        if field is None:
            raise HTTPException(404, f"The explore “{explore.label}” has no field named “{name}”.")
        return site.render(
            "explore_field.html",
            model=model,
            explore=explore,
            explore_href=explore_path(model.name, explore.name),
            field=field,
            **_sql_of(site, model, explore, field),
        )

    path = "/explores/{model}/{explore}"
    return [
        Route("/explores", explore_list),
        Route(path, one_explore),
        Route(path + "/fields/{field}", one_field),
    ]


def _named(site: Site, request: Request) -> tuple[Model, Explore]:
    """Hidden ones have pages, too; those that the asker may not see are not there."""
    wanted = request.path_params["model"], request.path_params["explore"]
    for model, explore in site.services.explorer.explores():
        if (model.name, explore.name) == wanted:
            return model, explore
    raise HTTPException(404, f"There is no explore named “{'.'.join(wanted)}”.")


def _row(site: Site, model: Model, explore: Explore) -> dict[str, str | int]:
    return {
        "label": explore.label,
        "model": model.label,
        "fields": sum(1 for _ in fields_of(site.services.explorer, model, explore)),
        "description": explore.description or "",
        "href": explore_path(model.name, explore.name),
    }


def _folded(value: str | int) -> str | int:
    return value.casefold() if isinstance(value, str) else value


def _sql_of(site: Site, model: Model, explore: Explore, field: ExploreField) -> dict[str, Any]:
    """What the page shows of a field's SQL; in the place of what cannot be made, why."""
    explorer = site.services.explorer
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
