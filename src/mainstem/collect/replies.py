"""The answers senders know, as RudderStack's data plane gives them.

Success is exactly 200 with `ok`: rudder-sdk-python retries 202 and 204. Errors are plain text that
ends in a newline: the same SDK raises KeyError on a JSON error body and then retries a 400.
This module never writes to a connection.
"""

from __future__ import annotations

from functools import lru_cache
from http import HTTPStatus

import msgspec

TEXT = "text/plain; charset=utf-8"
JSON = "application/json; charset=utf-8"

INVALID_JSON = "invalid json"
NO_BODY = "request body is nil"
UNREADABLE_BODY = "failed to read body from request"
EMPTY_BATCH = "empty batch payload"
NOT_IDENTIFIABLE = "request neither has anonymousId nor userId"
NOT_AN_EVENT = "event is not a valid rudder event"
NO_HEADER_KEY = "failed to read writekey from header"
NO_QUERY_KEY = "failed to read writekey from query params"
INVALID_KEY = "invalid write key"
SOURCE_DISABLED = "source is disabled"
NOT_A_WEBHOOK = "source does not accept webhook events"
RATE_LIMITED = "max requests limit reached"
TOO_LARGE = "request size exceeds max limit"
BAD_FORM = "error during parsing form"
BAD_MULTIPART = "error during parsing multiform"
BAD_COOKIES = "cookies cannot be set"
UNKNOWN_ENCODING = "unsupported content encoding, send gzip or none"


class Reply(msgspec.Struct, frozen=True, gc=False):
    """One HTTP answer, laid out once. `head` is the status line and the fixed headers, each with its
    CRLF; what depends on the connection (Date, CORS, Connection) is added when it is written."""

    status: int
    head: bytes
    body: bytes


def make_reply(status: int, body: bytes, content_type: str = TEXT, headers: tuple[str, ...] = ()) -> Reply:
    """`headers` are whole lines without CRLF. A 204 and a 304 carry neither type nor length."""
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", *headers]
    if status not in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED):
        lines += [
            f"Content-Type: {content_type}",
            f"Content-Length: {len(body)}",
            "X-Content-Type-Options: nosniff",
        ]
    return Reply(status, "".join(f"{line}\r\n" for line in lines).encode("latin-1"), body)


@lru_cache(maxsize=64)
def error_reply(status: int, text: str, retry_after: int | None = None) -> Reply:
    """The plain-text refusal `text`; every one we send is a constant, so each is laid out once."""
    headers = () if retry_after is None else (f"Retry-After: {retry_after}",)
    return make_reply(status, f"{text}\n".encode(), headers=headers)


def json_reply(value: object, status: int = 200) -> Reply:
    return make_reply(status, msgspec.json.encode(value), JSON)


def unavailable(retry_after: int) -> Reply:
    """Nothing was kept, and the sender should come again in `retry_after` seconds."""
    return make_reply(503, b"service unavailable, try again\n", headers=(f"Retry-After: {retry_after}",))


OK = make_reply(200, b"ok")
OK_ENDING = b"\r\n" + OK.body
"""What stands behind the last header of `OK`."""
NOT_FOUND = error_reply(404, "404 page not found")
MALFORMED = error_reply(400, "malformed request")
HEADERS_TOO_LARGE = error_reply(431, "request header exceeds max limit")
BODY_TOO_LARGE = error_reply(413, TOO_LARGE)
