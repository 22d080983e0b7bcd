"""What the transport hands to the handler, and what it gets back. Values only."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from mainstem.collect.replies import OK, Reply

HANDLED_HEADERS = (
    b"accept-encoding",
    b"authorization",
    b"content-encoding",
    b"content-type",
    b"dnt",
    b"host",
    b"if-none-match",
    b"origin",
    b"sec-gpc",
    b"user-agent",
)
"""Lower-case names of the headers that may decide an answer; a transport need not pass others on."""

FORWARDED_HEADERS = (b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto")
"""The same, but passed on only from a proxy that is trusted: anyone can write them."""


class Request(msgspec.Struct, gc=False):
    """One HTTP request, wholly received."""

    method: bytes
    path: bytes
    """As sent: percent-escapes stand, the query is cut off."""
    query: bytes
    headers: Mapping[bytes, bytes]
    """Lower-case names; at least the HANDLED_HEADERS that were sent, and from a trusted proxy the
    FORWARDED_HEADERS."""
    body: bytes
    """As sent: still compressed where Content-Encoding says so."""
    request_ip: str
    """Address of the peer, or of the client that a trusted proxy names."""
    received_at: str
    """When the last byte arrived: RFC 3339, UTC, milliseconds."""
    made_of: Request | None = None
    """The request as it came, where a pixel or a webhook was made into what an SDK would have sent."""


def with_body(head: Request, body: bytes, received_at: str) -> Request:
    """The request that a sender makes who has sent `head` and sends `body` in the same way."""
    headers = {**head.headers, b"content-length": b"%d" % len(body)}
    return msgspec.structs.replace(head, headers=headers, body=body, received_at=received_at)


class Accepted(msgspec.Struct, gc=False):
    """Encoded records. The sender gets `reply` once all of them are durable, and not before; at once if
    there are none, which is where every event was dropped on purpose."""

    records: list[bytes]
    quarantined: list[bytes]
    reply: Reply = OK
    otherwise: Reply | None = None
    """The answer when the log did not take them; None is 503, which every SDK retries."""


Again = Callable[[bytes, str], bytes | Reply | None]
"""Takes the body of a request whose head is known, and `received_at`: gives the one record to be made
durable before `OK`, or a refusal, or None where `Handler.handle` has to decide."""

Outcome = Reply | Accepted
Answer = Callable[[Request], Outcome]
Route = tuple[bytes, str, Answer]
"""Method, path, and what answers. A route for GET answers HEAD too."""
