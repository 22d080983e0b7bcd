"""`/explores` and `/explores/{model}/{explore}`: what can be asked about, field by field.

It reads the model and asks the warehouse nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.routing import Route

from mainstem.web.auth import Role, requires
from mainstem.web.explore_fields import explore_path, fields_of
from mainstem.web.listing import Column, asked_listing

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from mainstem.semantics.model import Explore, Model
    from mainstem.web.site import Site

COLUMNS = (
    Column("label", "Explore", sortable=True),
    Column("model", "Model", sortable=True),
    Column("fields", "Fields", numeric=True, sortable=True),
    Column("description", "Description"),
)


def routes(site: Site) -> list[Route]:
    @requires(Role.EXPLORER)
    async def explore_list(request: Request) -> Response:
        asked = asked_listing(request, COLUMNS, "label")
        rows = [_row(model, explore) for model, explore in _visible(site)]
        rows.sort(key=lambda row: (_folded(row[asked.sort]), row["href"]), reverse=asked.descending)
        return site.render("explores.html", columns=COLUMNS, listing=asked.page_of(rows))

    @requires(Role.EXPLORER)
    async def one_explore(request: Request) -> Response:
        wanted = request.path_params["model"], request.path_params["explore"]
        for model, explore in _visible(site):
            if (model.name, explore.name) == wanted:
                return site.render(
                    "explore.html", model=model, explore=explore, fields=_by_view(model, explore)
                )
        raise HTTPException(404, f"There is no explore named “{'.'.join(wanted)}”.")

    return [Route("/explores", explore_list), Route("/explores/{model}/{explore}", one_explore)]


def _visible(site: Site) -> list[tuple[Model, Explore]]:
    models = site.services.explorer.project.models.values()
    return [(model, explore) for model in models for explore in model.explores.values() if not explore.hidden]


def _row(model: Model, explore: Explore) -> dict[str, str | int]:
    return {
        "label": explore.label,
        "model": model.label,
        "fields": sum(1 for _ in fields_of(model, explore)),
        "description": explore.description or "",
        "href": explore_path(model.name, explore.name),
    }


def _folded(value: str | int) -> str | int:
    return value.casefold() if isinstance(value, str) else value


def _by_view(model: Model, explore: Explore) -> list[tuple[str, str, list[object]]]:
    """(alias, label, fields) of each view that has fields to show."""
    views: dict[str, tuple[str, str, list[object]]] = {}
    for field in fields_of(model, explore):
        alias = field.name.partition(".")[0]
        views.setdefault(alias, (alias, field.view_label, []))[2].append(field)
    return list(views.values())
