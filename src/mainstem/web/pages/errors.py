"""Pages for what went wrong: an address that leads nowhere, a bad question, a fault of ours.

A fault shows nothing of itself to the viewer; it goes on to the log.
"""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException

from mainstem.errors import InputError, StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from mainstem.web.site import Site

_NOWHERE = "This address leads nowhere. What it led to may have been renamed or removed."

_log = logging.getLogger(__name__)


def handlers(site: Site) -> dict[Any, Callable[..., Any]]:
    """What Starlette calls for each kind of exception. Faults of ours are also raised on, and so logged."""

    async def http_error(request: Request, error: HTTPException) -> Response:
        phrase = HTTPStatus(error.status_code).phrase
        missing = error.status_code == 404
        told = error.detail if error.detail != phrase else _NOWHERE if missing else None
        heading = "Nothing here" if missing else phrase
        return site.render("error.html", error.status_code, heading=heading, message=told)

    async def input_error(request: Request, error: InputError) -> Response:
        return site.render("error.html", 400, heading="This cannot be shown", message=str(error))

    async def away(request: Request, error: StoreUnavailable) -> Response:
        _log.warning("%s %s: %s", request.method, request.url.path, error)
        message = (
            "The database of users does not answer. Try again in a moment; what you did may have been done."
        )
        answer = site.render("error.html", 503, heading="This cannot be done now", message=message)
        answer.headers["retry-after"] = "5"
        return answer

    async def fault(request: Request, error: Exception) -> Response:
        message = "The server's log has the details."
        return site.render("error.html", 500, heading="Something broke on our side", message=message)

    return {HTTPException: http_error, InputError: input_error, StoreUnavailable: away, 500: fault}
