"""Read a request's body as far as its fate depends on it, and by content alone.

Content-Type is never looked at: rudder-node labels gzip'd JSON a form, browsers send `text/plain`.
Events stay the bytes that came; only the fields of `Item` are decoded.
"""

from __future__ import annotations

import re
from codecs import utf_8_decode
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from mainstem.collect.checks import Item
from mainstem.collect.inflate import gunzip
from mainstem.collect.replies import INVALID_JSON, NO_BODY, TOO_LARGE, UNKNOWN_ENCODING
from mainstem.errors import EventRejected

if TYPE_CHECKING:
    from collections.abc import Mapping

NOT_JSON = (msgspec.DecodeError, RecursionError)
"""What decoding raises for text that is no JSON, or nests deeper than a reader can follow."""

_ESCAPES = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})|\\."
)
"""A pair, half of one, or any other escape: matched too, so that none begins within another."""

_MARK = re.compile(rb'(?:[^"\[\]{},]++|"(?:[^"\\]++|\\.)*+")*+([\[\]{},])', re.DOTALL)
"""The next bracket or comma outside of a text. Nothing in it is ever tried twice (`++`)."""
_COUNTED_FROM = 512 * 1024
"""Bytes of a body whose items may be too many to list: counting commas costs 0.8 µs a KB. A shorter one
makes a list of 23 MB at most."""
_COMMAS_AN_EVENT = 16
"""Most events have more fields; bodies with fewer commas than this for each event are not counted, for the
list of their items is small."""

_PIECE = 4096
"""Bytes that are decoded at once where all that matters is whether they can be: 0.15 µs a KB, where all of a
large text takes 0.22 and as much memory again as four times the text."""

_PLAIN = (b"", b"identity")
_GZIP = (b"gzip", b"x-gzip")


def read_body(headers: Mapping[bytes, bytes], body: bytes, limit: int) -> bytes:
    """The body decoded, not empty, within `limit`, and UTF-8 all through.

    Half of a surrogate pair, as a browser escapes it where a text was cut within an emoji, is no character
    and readers refuse all of the text: U+FFFD stands in its place, as Go's reader of JSON has it, or one such
    event would cost its whole batch. Bad UTF-8 is refused here, because the decoder skips what it does not
    read.
    Raises EventRejected: 400, 413, or 415 for an encoding that is not gzip.
    """
    encoding = headers.get(b"content-encoding")
    if encoding is not None:
        body = _decoded(encoding.strip().lower(), body, limit)
    if len(body) > limit:
        raise EventRejected(413, TOO_LARGE)
    if not body:
        raise EventRejected(400, NO_BODY)
    if not is_text(body):
        raise EventRejected(400, INVALID_JSON)
    return with_whole_characters(body)


def with_whole_characters(text: bytes) -> bytes:
    """JSON without escapes of half a surrogate pair; the very bytes where there are none."""
    # Most texts have no escapes at all: one byte is found five times as fast as two.
    if b"\\" in text and b"\\u" in text and (b"\\ud" in text or b"\\uD" in text):
        return _ESCAPES.sub(_whole, text)
    return text


def is_text(body: bytes) -> bool:
    """Whether it is UTF-8 all through."""
    if body.isascii():
        return True
    at, size = 0, len(body)
    try:
        while at < size:
            piece = body[at : at + _PIECE]
            at += len(piece) if piece.isascii() else utf_8_decode(piece, "strict", at + _PIECE >= size)[1]
    except UnicodeDecodeError:
        return False
    return True


def _whole(escape: re.Match[bytes]) -> bytes:
    return escape[0] if escape[1] is None else rb"\ufffd"


def _decoded(encoding: bytes, body: bytes, limit: int) -> bytes:
    if encoding in _GZIP:
        return gunzip(body, limit)
    if encoding in _PLAIN:
        return body
    raise EventRejected(415, UNKNOWN_ENCODING)


class _Envelope(msgspec.Struct, gc=False, rename="camel"):
    batch: list[msgspec.Raw] | None = None
    write_key: Any = None


class Batch(msgspec.Struct, gc=False):
    """What a body says of a batch."""

    events: list[msgspec.Raw]
    write_key: object = None
    """That which stands beside them."""
    is_list: bool = True
    is_too_long: bool = False
    """More items than may be; not all of them need be in `events`."""


class _LooseEnvelope(msgspec.Struct, gc=False, rename="camel"):
    batch: msgspec.Raw = msgspec.Raw(b"")
    write_key: Any = None


decode_item = msgspec.json.Decoder(Item).decode
_decode_envelope = msgspec.json.Decoder(_Envelope).decode
_decode_loose = msgspec.json.Decoder(_LooseEnvelope).decode


def decode_batch(body: bytes, most: int) -> Batch:
    """The items of a batch, of which there may be so many.

    As RudderStack reads it: a `batch` that is no list is its own one item, and anything that is no
    object has no batch. Raises NOT_JSON.
    """
    # Two million items of one digit would take 175 MB as a list: they are counted before it is made.
    if len(body) > _COUNTED_FROM and body.count(b",") > _COMMAS_AN_EVENT * most:
        loose = _decode_loosely(body)
        if loose.batch.startswith(b"[") and _has_more(loose.batch, most):
            return Batch([], loose.write_key, is_too_long=True)
    try:
        envelope = _decode_envelope(body)
    except msgspec.ValidationError:
        loose = _decode_loosely(body)
        return Batch([msgspec.Raw(loose.batch)] if loose.batch else [], loose.write_key, is_list=False)
    events = envelope.batch or []
    return Batch(events, envelope.write_key, is_too_long=len(events) > most)


class _Loose(NamedTuple):
    batch: bytes
    write_key: object


def _decode_loosely(body: bytes) -> _Loose:
    try:
        loose = _decode_loose(body)
    except msgspec.ValidationError:
        return _Loose(b"", None)
    return _Loose(bytes(loose.batch), loose.write_key)


def _has_more(items: bytes, most: int) -> bool:
    """Whether a JSON list has more items than `most`."""
    depth, found = 0, 1
    for mark in _MARK.finditer(items):
        sign = mark[1]
        if sign == b",":
            found += depth == 1
            if found > most:
                return True
        elif sign in b"[{":
            depth += 1
        else:
            depth -= 1
    return False
