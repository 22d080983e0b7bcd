"""Find what a URL names, or answer 404 with what there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException

from mainstem.web.layout import places

if TYPE_CHECKING:
    from starlette.requests import Request

    from mainstem.semantics.dashboard import Dashboard
    from mainstem.semantics.model import Explore, Model
    from mainstem.web.layout import Place
    from mainstem.web.site import Site


def dashboards(site: Site, request: Request) -> list[Dashboard]:
    """Every dashboard that who asks may see: what is written at the top of the project before what is in its
    folders, then by title."""
    found = site.explorer_for(request.state.viewer).project.dashboards.values()
    return sorted(found, key=_order)


def _order(dashboard: Dashboard) -> tuple[int, str, str]:
    return dashboard.origin.file.count("/"), dashboard.title.casefold(), dashboard.name


def named_dashboard(site: Site, request: Request) -> Dashboard:
    """Raises HTTPException 404."""
    name = request.path_params["name"]
    dashboard = site.explorer_for(request.state.viewer).project.dashboards.get(name)
    if dashboard is None:
        raise HTTPException(404, f"There is no dashboard named “{name}”.")
    return dashboard


def named_tile(dashboard: Dashboard, name: str) -> Place:
    """Raises HTTPException 404."""
    for place in places(dashboard):
        if place.element.name == name:
            return place
    raise HTTPException(404, f"The dashboard “{dashboard.title}” has no tile named “{name}”.")


def named_explore(site: Site, request: Request) -> tuple[Model, Explore]:
    """Hidden ones are found; those that the asker may not see are not there. Raises HTTPException 404."""
    wanted = request.path_params["model"], request.path_params["explore"]
    for model, explore in site.explorer_for(request.state.viewer).explores():
        if (model.name, explore.name) == wanted:
            return model, explore
    raise HTTPException(404, f"There is no explore named “{'.'.join(wanted)}”.")
