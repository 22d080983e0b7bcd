"""The web server as one ASGI application: pages in, middleware around them.

Promise: every request passes, in this order, the security headers, the host check, the frame and the
access check, and no page is served that does not say whom it is for. It opens no socket and builds no
service.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.middleware import Middleware

from mainstem.web.access import Access
from mainstem.web.auth import declared
from mainstem.web.pages import (
    account,
    activations,
    assets,
    audit,
    board_files,
    catalogue,
    cohorts,
    connectors,
    dag,
    dag_actions,
    dag_run,
    dags,
    dashboard,
    dashboards,
    download,
    errors,
    explore,
    explore_beside,
    explores,
    filters,
    gallery,
    groups,
    health,
    home,
    login,
    models,
    publications,
    queries,
    search,
    sources,
    sources_live,
    static,
    task_log,
    tile,
    truth,
    user,
    users,
    warehouse,
    why,
)
from mainstem.web.security import LOOPBACK_NAMES, HostCheck, SecurityHeaders
from mainstem.web.services import QueryTurns
from mainstem.web.shell import Frame
from mainstem.web.site import Site, template_environment

if TYPE_CHECKING:
    from starlette.routing import Route

    from mainstem.web.assets import Assets
    from mainstem.web.services import Services
    from mainstem.web.settings import WebSettings

_PAGES = (
    home,
    dashboards,
    dashboard,
    board_files,
    tile,
    truth,
    why,
    filters,
    explores,
    explore,
    explore_beside,
    download,
    cohorts,
    models,
    search,
    sources,
    sources_live,
    catalogue,
    publications,
    connectors,
    activations,
    dags,
    dag,
    dag_run,
    task_log,
    dag_actions,
    assets,
    gallery,
    login,
    account,
    users,
    user,
    groups,
    audit,
    queries,
    warehouse,
    health,
    static,
)

_ASKING_AT_ONCE = 64
"""Threads: most of them wait, for an answer that another has asked for, or for a turn at the warehouse."""


def build_app(services: Services, settings: WebSettings, assets: Assets) -> Starlette:
    """The application. Raises ConfigError for settings that are not safe to serve with."""
    settings = settings.checked()
    site = Site(
        services=services,
        settings=settings,
        assets=assets,
        turns=QueryTurns(_ASKING_AT_ONCE, settings.query_seconds),
        templates=template_environment(assets, services.version),
    )
    return Starlette(
        routes=[checked(route) for page in _PAGES for route in page.routes(site)],
        middleware=[
            Middleware(SecurityHeaders),
            Middleware(HostCheck, names=(*LOOPBACK_NAMES, settings.host, *settings.allowed_hosts)),
            Middleware(Frame),
            Middleware(Access, site=site),
        ],
        exception_handlers=errors.handlers(site),
    )


def checked(route: Route) -> Route:
    """The route, once it says whom it is for. Raises TypeError when its page does not."""
    if declared(route.endpoint) is None:
        raise TypeError(f"the page at {route.path} declares neither @requires(Role.…) nor @open_to_all")
    return route
