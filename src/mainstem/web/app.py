"""The web server as one ASGI application: pages in, middleware around them.

Promise: every request passes, in this order, the security headers, the host check and the access check.
It opens no socket and builds no service.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.middleware import Middleware

from mainstem.web.access import Access
from mainstem.web.pages import dashboard, dashboards, errors, health, home, static, suggestions, tile
from mainstem.web.security import LOOPBACK_NAMES, HostCheck, SecurityHeaders
from mainstem.web.services import QueryTurns
from mainstem.web.site import Site, template_environment

if TYPE_CHECKING:
    from mainstem.web.assets import Assets
    from mainstem.web.services import Services
    from mainstem.web.settings import WebSettings

_PAGES = (home, dashboards, dashboard, tile, suggestions, health, static)


def build_app(services: Services, settings: WebSettings, assets: Assets) -> Starlette:
    """The application. Raises ConfigError for settings that are not safe to serve with."""
    settings = settings.checked()
    site = Site(
        services=services,
        settings=settings,
        assets=assets,
        turns=QueryTurns(settings.queries_at_once),
        templates=template_environment(assets, services.version),
    )
    return Starlette(
        routes=[route for page in _PAGES for route in page.routes(site)],
        middleware=[
            Middleware(SecurityHeaders),
            Middleware(HostCheck, names=(*LOOPBACK_NAMES, settings.host, *settings.allowed_hosts)),
            Middleware(Access),
        ],
        exception_handlers=errors.handlers(site),
    )
