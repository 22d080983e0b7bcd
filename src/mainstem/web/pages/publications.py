"""`/publications`: what readers are shown, how it came about, and the way back for developers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anyio import to_thread
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse
from starlette.routing import Route

from mainstem.errors import UsageError
from mainstem.web.auth import Role, requires
from mainstem.web.auth.audit import Action, note
from mainstem.web.auth.forms import posted
from mainstem.web.auth.origin import origin_of
from mainstem.web.toasts import tell

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from mainstem.transform.publishing import Publication
    from mainstem.web.publishing import PublicationDesk
    from mainstem.web.site import Site

PATH = "/publications"


def routes(site: Site) -> list[Route]:
    def desk() -> PublicationDesk:
        if site.services.publications is None:
            raise HTTPException(404, "This server shows the lake as it is: nothing is published.")
        return site.services.publications

    async def shown(problem: str | None = None) -> Response:
        standing = await to_thread.run_sync(desk().standing)
        history = await to_thread.run_sync(desk().history)
        return site.render(
            "publications.html",
            409 if problem else 200,
            standing=standing,
            history=history,
            newest={publication.build_id: publication.id for publication in reversed(history.publications)},
            problem=problem,
            is_history=True,
        )

    async def done(request: Request, act: Callable[[], Publication], action: Action) -> Response:
        viewer, origin = request.state.viewer, origin_of(request)

        def acted() -> Publication:
            current = act()
            held = {"hold": "yes"} if current.hold else {}
            note(site.services.accounts, action, origin, viewer, f"build {current.build_id}", **held)
            return current

        try:
            current = await to_thread.run_sync(acted)
        except UsageError as e:
            return await shown(str(e))
        answer = RedirectResponse(PATH, status_code=303)
        tell(request, answer, "ok", f"Build {current.build_id} is shown now.")
        return answer

    @requires(Role.VIEWER)
    async def page(request: Request) -> Response:
        return await shown()

    @requires(Role.DEVELOPER)
    async def roll_back(request: Request) -> Response:
        fields = await posted(request)
        written = fields.get("build", "")
        if not written.isdecimal():
            raise HTTPException(400, f"{written!r} is no number of a build.")
        by, hold = request.state.viewer.login, fields.get("hold") == "yes"
        return await done(
            request,
            lambda: desk().roll_back(int(written), by, hold=hold),
            Action.PUBLICATION_ROLLED_BACK,
        )

    @requires(Role.DEVELOPER)
    async def release(request: Request) -> Response:
        by = request.state.viewer.login
        return await done(request, lambda: desk().release(by), Action.PUBLICATION_RELEASED)

    return [
        Route(PATH, page),
        Route(f"{PATH}/rollback", roll_back, methods=["POST"]),
        Route(f"{PATH}/release", release, methods=["POST"]),
    ]
