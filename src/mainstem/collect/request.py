"""What the transport hands to the handler, and what it gets back. Values only."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from mainstem.collect.replies import Reply

HANDLED_HEADERS = (
    b"authorization",
    b"content-encoding",
    b"dnt",
    b"host",
    b"origin",
    b"sec-gpc",
    b"user-agent",
    b"x-forwarded-for",
    b"x-forwarded-proto",
)
"""Lower-case names of the headers that may decide an answer; a transport need not pass others on."""


class Request(msgspec.Struct, gc=False):
    """One HTTP request, wholly received."""

    method: bytes
    path: bytes
    """As sent: percent-escapes stand, the query is cut off."""
    query: bytes
    headers: Mapping[bytes, bytes]
    """Lower-case names; at least the HANDLED_HEADERS that were sent."""
    body: bytes
    """As sent: still compressed where Content-Encoding says so."""
    request_ip: str
    received_at: str
    """When the last byte arrived: RFC 3339, UTC, milliseconds."""


class Accepted(msgspec.Struct, gc=False):
    """Encoded records. The sender gets `reply` once all of them are durable, and not before; at once if
    there are none, which is where every event was dropped on purpose."""

    records: list[bytes]
    quarantined: list[bytes]


Outcome = Reply | Accepted
Answer = Callable[[Request], Outcome]
Route = tuple[bytes, str, Answer]
"""Method, path, and what answers. A route for GET answers HEAD too."""
