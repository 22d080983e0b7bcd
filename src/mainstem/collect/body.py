"""Read a request's body as far as its fate depends on it, and by content alone.

Content-Type is never looked at: rudder-node labels gzip'd JSON a form, browsers send `text/plain`.
Events stay the bytes that came; only the fields of `Item` are decoded.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

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
    if b"\\ud" in text or b"\\uD" in text:
        return _ESCAPES.sub(_whole, text)
    return text


def is_text(body: bytes) -> bool:
    """Whether it is UTF-8 all through."""
    if body.isascii():
        return True
    try:
        body.decode()
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


class _LooseEnvelope(msgspec.Struct, gc=False, rename="camel"):
    batch: msgspec.Raw = msgspec.Raw(b"")
    write_key: Any = None


decode_item = msgspec.json.Decoder(Item).decode
_decode_envelope = msgspec.json.Decoder(_Envelope).decode
_decode_loose = msgspec.json.Decoder(_LooseEnvelope).decode


def decode_batch(body: bytes) -> tuple[list[msgspec.Raw], object]:
    """The items of a batch, and the `writeKey` beside them.

    As RudderStack reads it: a `batch` that is no list is its own one item, and anything that is no
    object has no batch. Raises NOT_JSON.
    """
    try:
        envelope = _decode_envelope(body)
    except msgspec.ValidationError:
        return _decode_odd_batch(body)
    return envelope.batch or [], envelope.write_key


def _decode_odd_batch(body: bytes) -> tuple[list[msgspec.Raw], object]:
    try:
        loose = _decode_loose(body)
    except msgspec.ValidationError:
        return [], None
    return [loose.batch] if bytes(loose.batch) else [], loose.write_key
