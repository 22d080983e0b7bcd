"""Pages that show what goes on without being loaded again: the browser asks for the same page, and takes from
it the pieces that have changed.

An answer carries what it says as an `ETag`, so that one in which nothing has changed is 304 and empty.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from starlette.responses import Response

if TYPE_CHECKING:
    from starlette.requests import Request


def following(request: Request, page: Response) -> Response:
    """`page`, or 304 for who has just this one."""
    if page.status_code != 200:
        return page
    tag = f'W/"{hashlib.blake2b(bytes(page.body), digest_size=12).hexdigest()}"'
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers={"etag": tag})
    page.headers["etag"] = tag
    return page
