"""`/models` and `/models/{model}`: what the LookML of the project holds, and what is wrong in it.

It reads models and asks the warehouse nothing. What is written is changed in its files, never here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from anyio import to_thread
from starlette.exceptions import HTTPException
from starlette.routing import Route

from mainstem.errors import MainstemError
from mainstem.web.auth import Role, current_viewer, requires
from mainstem.web.explore_fields import explore_path, fields_of
from mainstem.web.listing import Column, asked_listing
from mainstem.web.lookml import dashboards_of, model_path, problems_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from mainstem.errors import LookmlProblem
    from mainstem.query.explorer import Explorer
    from mainstem.semantics.dashboard import Dashboard
    from mainstem.semantics.model import Explore, Model, View
    from mainstem.web.lookml import LookmlNow
    from mainstem.web.site import Site

PATH = "/models"
COLUMNS = (
    Column("label", "Model", sortable=True),
    Column("explores", "Explores", numeric=True, sortable=True),
    Column("views", "Views", numeric=True, sortable=True),
    Column("fields", "Fields", numeric=True, sortable=True),
    Column("dashboards", "Dashboards", numeric=True, sortable=True),
    Column("problems", "Problems", sortable=True),
)


@dataclass(frozen=True)
class ModelRow:
    name: str
    label: str
    href: str
    file: str
    explores: int
    views: int
    fields: int
    dashboards: int
    errors: int
    warnings: int

    @property
    def problems(self) -> tuple[int, int]:
        return self.errors, self.warnings


@dataclass(frozen=True)
class ViewRow:
    view: View
    reads: str
    """A table, or what the view is instead of one."""
    fields: int
    judged: bool
    """Whether it is about one table, of which dbt could say something."""
    untested: str | None
    """Why it does not."""


def routes(site: Site) -> list[Route]:
    @requires(Role.EXPLORER)
    async def model_list(request: Request) -> Response:
        explorer = site.explorer_for(request.state.viewer)
        project, now = explorer.project, _now(site)
        errors, warnings = _problems(now)
        asked = asked_listing(request, COLUMNS, "label")
        rows = [
            _row(model, project.dashboards.values(), errors, warnings) for model in project.models.values()
        ]
        rows.sort(key=lambda row: (_key(getattr(row, asked.sort)), row.name), reverse=asked.descending)
        return site.render(
            "models.html",
            columns=COLUMNS,
            listing=asked.page_of(rows),
            now=now,
            files=len(project.files),
            dashboards=len(project.dashboards),
            errors=errors,
            warnings=warnings,
        )

    @requires(Role.EXPLORER)
    async def one_model(request: Request) -> Response:
        name = request.path_params["model"]
        explorer = site.explorer_for(request.state.viewer)
        project, now = explorer.project, _now(site)
        model = project.models.get(name)
        if model is None:
            raise HTTPException(404, f"There is no model named “{name}”.")
        judged, dbt_problem = await to_thread.run_sync(_judged, site)
        errors, warnings = _problems(now)
        boards = dashboards_of(name, project.dashboards.values())
        seen = [explore for owner, explore in explorer.explores() if owner.name == name]
        return site.render(
            "model.html",
            model=model,
            now=now,
            explores=[_explore_row(explorer, model, explore) for explore in seen],
            views=_view_rows(model, seen, judged or {}),
            dbt_ran=judged is not None,
            dbt_problem=dbt_problem,
            dashboards=boards,
            errors=problems_of(model, boards, errors),
            warnings=problems_of(model, boards, warnings),
        )

    return [Route(PATH, model_list), Route(PATH + "/{model}", one_model)]


def _now(site: Site) -> LookmlNow | None:
    return site.services.lookml.now() if site.services.lookml is not None else None


def _problems(now: LookmlNow | None) -> tuple[Sequence[LookmlProblem], Sequence[LookmlProblem]]:
    return (now.reading.errors, now.reading.warnings) if now is not None else ((), ())


def _judged(site: Site) -> tuple[dict[str, str | None] | None, str | None]:
    """By `file:line` of a view; and what kept dbt's files from being read."""
    if site.services.lookml is None:
        return None, None
    try:
        return site.services.lookml.judged(), None
    except (MainstemError, OSError) as e:
        return None, str(e)


def _row(
    model: Model,
    dashboards: Iterable[Dashboard],
    errors: Iterable[LookmlProblem],
    warnings: Iterable[LookmlProblem],
) -> ModelRow:
    boards = dashboards_of(model.name, dashboards)
    return ModelRow(
        name=model.name,
        label=model.label,
        href=model_path(model.name),
        file=model.origin.file,
        explores=len(model.explores),
        views=len(model.views),
        fields=sum(len(view.fields) + len(view.inputs) for view in model.views.values()),
        dashboards=len(boards),
        errors=len(problems_of(model, boards, errors)),
        warnings=len(problems_of(model, boards, warnings)),
    )


def _explore_row(explorer: Explorer, model: Model, explore: Explore) -> dict[str, object]:
    return {
        "explore": explore,
        "href": explore_path(model.name, explore.name),
        "views": 1 + len(explore.joins),
        "fields": sum(1 for _ in fields_of(explorer, model, explore)),
    }


def _view_rows(model: Model, explores: Iterable[Explore], judged: dict[str, str | None]) -> list[ViewRow]:
    """Views of the explores that are seen; whoever develops sees those that no explore reads as well."""
    names = {name for explore in explores for name in explore.views().values()}
    every = current_viewer().may(Role.DEVELOPER)
    found = [view for name, view in model.views.items() if every or name in names]
    return [
        ViewRow(
            view=view,
            reads=_reads(view),
            fields=len(view.fields) + len(view.inputs),
            judged=str(view.origin) in judged,
            untested=judged.get(str(view.origin)),
        )
        for view in sorted(found, key=lambda view: view.name)
    ]


def _reads(view: View) -> str:
    table = view.derived_table
    if table is None:
        return view.sql_table_name or view.name
    return f"a query of {table.explore_source.explore}" if table.explore_source else "a derived table"


def _key(value: object) -> object:
    return value.casefold() if isinstance(value, str) else value
