"""Find what a URL names, or answer 404 with what there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException

if TYPE_CHECKING:
    from starlette.requests import Request

    from mainstem.semantics.dashboard import Dashboard
    from mainstem.web.site import Site


def dashboards(site: Site) -> list[Dashboard]:
    """Every dashboard, by title."""
    found = site.services.explorer.project.dashboards.values()
    return sorted(found, key=lambda dashboard: (dashboard.title.casefold(), dashboard.name))


def named_dashboard(site: Site, request: Request) -> Dashboard:
    """Raises HTTPException 404."""
    name = request.path_params["name"]
    dashboard = site.services.explorer.project.dashboards.get(name)
    if dashboard is None:
        raise HTTPException(404, f"There is no dashboard named “{name}”.")
    return dashboard
