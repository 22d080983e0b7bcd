"""Find the source a request comes from: by its Authorization header, its query, or its body.

The three are asked in that order, and the first that holds a key decides. A key is matched as it
stands: nothing is looked up elsewhere, and no answer tells one unknown key from another.

Nor does the time of the look-up. A dictionary compares texts only when their 64-bit hashes are equal, and
these are SipHash under a key that is drawn at random when the process starts: a guess that shares a
beginning with a key has a hash that shares nothing with that key's, so how many characters were right
shows nowhere. (`hmac.compare_digest` against every key would take time that tells how many there are.)
"""

from __future__ import annotations

from base64 import b64decode
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from mainstem.collect.replies import INVALID_KEY, SOURCE_DISABLED
from mainstem.errors import EventRejected

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mainstem.collect.sources import CompiledSource, SourceTable

MAX_QUERY_FIELDS = 100


def sender_outside_body(
    sources: SourceTable, headers: Mapping[bytes, bytes], query: bytes
) -> CompiledSource | None:
    """The source that header or query name; None when neither holds a key. Raises as `sender_by_key`."""
    authorization = headers.get(b"authorization")
    if authorization is not None:
        source = sources.by_authorization.get(authorization)
        if source is not None:
            return source
    key = key_outside_body(headers, query)
    return None if key is None else sender_by_key(sources, key)


def sender_in_body(sources: SourceTable, write_key: object, no_key: str) -> CompiledSource:
    """Raises EventRejected 401 `no_key` when the body's `writeKey` is no text, else as `sender_by_key`."""
    if not isinstance(write_key, str) or not write_key:
        raise EventRejected(401, no_key)
    return sender_by_key(sources, write_key)


def sender_by_key(sources: SourceTable, key: str) -> CompiledSource:
    """Raises EventRejected: 401 when nobody has this key, 404 when its source is disabled."""
    source = sources.by_key.get(key)
    if source is None:
        raise EventRejected(401, INVALID_KEY)
    if not source.source.enabled:
        raise EventRejected(404, SOURCE_DISABLED)
    return source


def key_outside_body(headers: Mapping[bytes, bytes], query: bytes) -> str | None:
    return header_key(headers.get(b"authorization", b"")) or query_key(query)


def header_key(authorization: bytes) -> str | None:
    """The user name of a Basic authorization, however it is spelt; None when there is none."""
    scheme, _, credentials = authorization.partition(b" ")
    if scheme.lower() != b"basic":
        return None
    try:
        return b64decode(credentials.strip(), validate=True).decode().partition(":")[0] or None
    except ValueError:
        return None


def query_key(query: bytes) -> str | None:
    if not query:
        return None
    try:
        values = parse_qs(query.decode("latin-1"), max_num_fields=MAX_QUERY_FIELDS).get("writeKey")
    except ValueError:
        return None
    return values[0] if values else None
