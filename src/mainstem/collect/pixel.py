"""Events from an image: a page without scripts, or a mail, asks for a GIF and says all in the query.

The answer is that GIF whatever happened, as with RudderStack's data plane, because whoever shows an image
can do nothing with an error. It never takes a key from anywhere but the query.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote

import msgspec

from mainstem.collect.replies import Reply, make_reply
from mainstem.collect.request import Accepted
from mainstem.collect.sender import MAX_QUERY_FIELDS
from mainstem.errors import EventRejected

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mainstem.collect.request import Outcome, Request, Route

    Single = Callable[[str, Request], Outcome]

KINDS = ("track", "page")
MAX_DEPTH = 16
"""Parts of a dotted name, past which it is one key: no query is nested deeper."""

GIF = make_reply(
    200,
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\x00\x00\x00\x21\xf9\x04\x01\x00\x00\x00\x00"
    b"\x2c\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02\x44\x01\x00\x3b",
    "image/gif",
    ("Cache-Control: no-store",),
)


def pixel_routes(single: Single) -> Iterator[Route]:
    """`single` answers a request that posts one event of the given type."""
    for kind in KINDS:
        yield b"GET", f"/pixel/v1/{kind}", partial(_answer, single, kind)


def _answer(single: Single, kind: str, request: Request) -> Outcome:
    post = None if request.method == b"HEAD" else _as_post(kind, request)
    if post is None:
        return GIF
    try:
        outcome = single(kind, post)
    except EventRejected:
        return GIF
    if isinstance(outcome, Reply):
        return GIF
    return Accepted(outcome.records, outcome.quarantined, GIF, GIF)


def _as_post(kind: str, request: Request) -> Request | None:
    """The request as an SDK would have made it; None where the query holds no event."""
    try:
        fields = dict(
            reversed(parse_qsl(request.query.decode("latin-1"), True, max_num_fields=MAX_QUERY_FIELDS))
        )
    except ValueError:
        return None
    write_key = fields.pop("writeKey", None)
    event = event_of(kind, fields, request.received_at)
    if write_key is None or event is None:
        return None
    spoken_elsewhere = (b"authorization", b"content-encoding")
    return msgspec.structs.replace(
        request,
        method=b"POST",
        path=f"/v1/{kind}".encode(),
        query=f"writeKey={quote(write_key, safe='')}".encode(),
        headers={name: value for name, value in request.headers.items() if name not in spoken_elsewhere},
        body=msgspec.json.encode(event),
        made_of=request,
    )


def event_of(kind: str, fields: dict[str, str], now: str) -> dict[str, Any] | None:
    """The event that a pixel's query stands for: values are text, and a dotted name is a path
    (`context.page.url=…`). An empty page name is `Unknown Page`; an empty event name makes no event."""
    event: dict[str, Any] = {
        "channel": "web",
        "integrations": {"All": True},
        "originalTimestamp": now,
        "sentAt": now,
    }
    for name, value in fields.items():
        _put(event, name, value)
    if "anonymousId" in fields:
        event["anonymousId"] = _unquoted(fields["anonymousId"])
    event["type"] = kind
    if kind == "track" and fields.get("event") == "":
        return None
    if kind == "page" and fields.get("name") == "":
        event["name"] = "Unknown Page"
    return event


def _put(event: dict[str, Any], name: str, value: str) -> None:
    parts = name.split(".", MAX_DEPTH)
    place = event
    for part in parts[:-1]:
        inner = place.get(part)
        if not isinstance(inner, dict):
            inner = place[part] = {}
        place = inner
    place[parts[-1]] = value


def _unquoted(text: str) -> str:
    """Pages often print the id as JSON text."""
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text
