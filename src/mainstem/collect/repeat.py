"""A request whose head was the head before it on the same connection, but for the length of its body.

SDKs and proxies that keep a connection send the same head again and again; parsing it anew would cost
as much as everything else. Only what the parser has just read is remembered, and only a whole request in
one piece is recognised: front, digits, back, and exactly as many bytes of body as the digits say. Between
two readings of such bytes nothing differs but the value of Content-Length, so the parser could not decide
otherwise. Everything else is left to it: chunks, pieces, pipelines, `Expect`, `Upgrade`, `close`.

The comparison is with bytes that came over the same connection, so its time tells a sender about itself.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from mainstem.collect.browser import cors_headers
from mainstem.collect.request import Again, Request

if TYPE_CHECKING:
    from collections.abc import Callable

    FindAgain = Callable[[Request], Again | None]

MAX_HEAD_BYTES = 4096
"""Longer heads are parsed each time: every connection keeps one."""
MAX_DIGITS = 7
"""Of a body that comes in one piece."""

_LENGTH = re.compile(rb"\r\ncontent-length: *([1-9][0-9]{,%d})\r\n" % (MAX_DIGITS - 1), re.IGNORECASE)
_OTHER_WAYS = (b"expect", b"transfer-encoding")


class Repeat(msgspec.Struct, frozen=True, gc=False):
    """A request whose head is to be recognised, and what that head decided."""

    front: bytes
    """From the method to the space before the digits of Content-Length."""
    back: bytes
    """From the CRLF behind the digits to the empty line."""
    request: Request
    """The request it was learnt from, without its body."""
    cors: bytes
    """Further header lines of an answer."""
    again: Again

    def body_of(self, data: bytes) -> bytes | None:
        """The body, where `data` is this head with any length and exactly that body; else None."""
        front, back = self.front, self.back
        if not data.startswith(front):
            return None
        digits_at = len(front)
        digits_end = data.find(b"\r", digits_at, digits_at + MAX_DIGITS + 1)
        body_at = digits_end + len(back)
        is_like = data.startswith(back, digits_end)
        if is_like and data[digits_at:digits_end] == b"%d" % (len(data) - body_at):
            return data[body_at:]
        return None


def repeat_of(data: bytes, request: Request, find_again: FindAgain) -> Repeat | None:
    """What to recognise, when the parser made `request` of `data`, from its first byte to its last, on a
    connection that stays open. None where more might differ in what follows than the length."""
    headers = request.headers
    head_end = len(data) - len(request.body)
    lengths = list(_LENGTH.finditer(data, 0, head_end))
    if head_end > MAX_HEAD_BYTES or len(lengths) != 1 or any(name in headers for name in _OTHER_WAYS):
        return None
    start, end = lengths[0].span(1)
    if headers.get(b"content-length") != data[start:end] or int(data[start:end]) != len(request.body):
        return None
    head = msgspec.structs.replace(request, body=b"")
    cors = cors_headers(headers, preflight=False) if b"origin" in headers else b""
    return Repeat(data[:start], data[end:head_end], head, cors, find_again(head) or _never)


def _never(body: bytes, received_at: str) -> None:
    """No short way."""
