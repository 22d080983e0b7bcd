"""Fields of a posted form, read once for a request."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

_LARGEST_BYTES = 64 * 1024
_MOST_FIELDS = 100
_TYPE = "application/x-www-form-urlencoded"


async def posted(request: Request) -> Mapping[str, str]:
    """The fields of an urlencoded body, the last of each name; none for a body of another type.

    Raises HTTPException 413 for a body over 64 KiB, 400 for one that is not UTF-8 or has over 100 fields.
    """
    known: Mapping[str, str] | None = getattr(request.state, "posted", None)
    if known is None:
        known = request.state.posted = await _read(request)
    return known


async def _read(request: Request) -> Mapping[str, str]:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _TYPE:
        return {}
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > _LARGEST_BYTES:
            raise HTTPException(413, "This form is too large.")
    try:
        fields = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS
        )
    except ValueError as e:
        raise HTTPException(400, "This form cannot be read.") from e
    return dict(fields)
