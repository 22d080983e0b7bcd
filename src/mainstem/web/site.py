"""What every page is built from: services, settings, assets and templates, in one value.

It knows no page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

from mainstem.web.assets import CHART_ENGINE, HTMX, STYLES
from mainstem.web.auth import Role, current_viewer
from mainstem.web.orchestration import drawing
from mainstem.web.prose import address, prose
from mainstem.web.shell import current_shell
from mainstem.web.truth.paths import field_mark_path, question_mark_path

if TYPE_CHECKING:
    from mainstem.query.explorer import Explorer
    from mainstem.web.assets import Assets
    from mainstem.web.auth import Viewer
    from mainstem.web.services import QueryTurns, Services
    from mainstem.web.settings import WebSettings


@dataclass(frozen=True)
class Site:
    services: Services
    settings: WebSettings
    assets: Assets
    turns: QueryTurns
    templates: Environment

    def explorer_for(self, viewer: Viewer) -> Explorer:
        """The one way of a page to models, dashboards and rows: as far as `viewer` may see them."""
        return self.services.explorers.of(viewer.asking)

    def render(self, template: str, status: int = 200, **values: Any) -> HTMLResponse:
        """A template with `values` as a response."""
        return HTMLResponse(self.templates.get_template(template).render(**values), status_code=status)


def template_environment(assets: Assets, version: str) -> Environment:
    """Templates that escape everything and fail on a name nobody gave."""
    environment = Environment(
        loader=PackageLoader("mainstem.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"prose": prose, "address": address, **drawing.FILTERS}
    environment.globals.update(
        asset=assets.url,
        version=version,
        HTMX=HTMX,
        CHART_ENGINE=CHART_ENGINE,
        STYLES=STYLES,
        shell=current_shell,
        viewer=current_viewer,
        Role=Role,
        question_mark_path=question_mark_path,
        field_mark_path=field_mark_path,
        **drawing.PATHS,
    )
    return environment
