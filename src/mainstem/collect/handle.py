"""Decide what one HTTP request means: an answer, or records that must be durable before the answer.

Pure but for what is passed in (a maker of message ids, the health facts): no sockets, no log, no
clock. The transport awaits the log and only then says `ok`. Nothing is worked out per request that
can be worked out at start, and a body is never decoded beyond the fields that decide its fate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec

from mainstem import __version__
from mainstem.collect.body import NOT_JSON, decode_batch, decode_item, read_body
from mainstem.collect.browser import segment_settings, source_config
from mainstem.collect.checks import Item, is_blank
from mainstem.collect.replies import (
    EMPTY_BATCH,
    INVALID_JSON,
    INVALID_KEY,
    NO_HEADER_KEY,
    NO_QUERY_KEY,
    NOT_AN_EVENT,
    NOT_FOUND,
    TOO_LARGE,
    Reply,
    error_reply,
    json_reply,
    make_reply,
)
from mainstem.collect.sender import (
    key_outside_body,
    sender_by_key,
    sender_in_body,
    sender_outside_body,
)
from mainstem.errors import EventRejected
from mainstem.events import Quarantined, Received, encode_quarantined, encode_received

if TYPE_CHECKING:
    from mainstem.collect.sources import CompiledSource, SourceTable

SINGLE_EVENTS = {"track": "t", "identify": "i", "page": "p", "screen": "s", "group": "g", "alias": "a"}
"""Event type → the short form of its path that Segment's browser SDK uses."""

HANDLED_HEADERS = (b"authorization", b"content-encoding", b"host", b"x-forwarded-proto")
"""Lower-case names of the headers read here; a transport need not pass others on."""


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
    """Encoded records. The sender gets 200 `ok` once all of them are durable, and not before."""

    records: list[bytes]
    quarantined: list[bytes]


Outcome = Reply | Accepted
Answer = Callable[[Request], Outcome]

_NO_ROUTE: Mapping[bytes, Answer] = {}


class Handler:
    """The gateway's routes over one table of sources."""

    def __init__(
        self,
        sources: SourceTable,
        *,
        max_body_bytes: int,
        max_batch_events: int,
        strict: bool,
        public_url: str | None,
        updated_at: str,
        new_message_id: Callable[[], str],
        health: Callable[[], Reply],
    ) -> None:
        self._sources = sources
        self._limit = max_body_bytes
        self._max_events = max_batch_events
        self._strict = strict
        self._public_url = public_url
        self._updated_at = updated_at
        self._new_message_id = new_message_id
        self._health = health
        self._routes: dict[bytes, dict[bytes, Answer]] = {}
        self._add_routes()

    def handle(self, request: Request) -> Outcome:
        """The answer to `request`, or what must be durable first. Never raises for any bytes sent."""
        route = self._routes.get(request.path, _NO_ROUTE)
        answer = route.get(request.method)
        if answer is None:
            return NOT_FOUND if not route and request.method != b"OPTIONS" else _other_method(route, request)
        try:
            return answer(request)
        except EventRejected as e:
            return error_reply(e.status, e.body)

    def _add_routes(self) -> None:
        add = self._add_route
        add(b"POST", "/v1/batch", partial(self._batch, NO_HEADER_KEY))
        add(b"POST", "/v1/b", partial(self._batch, NO_HEADER_KEY))
        add(b"POST", "/beacon/v1/batch", partial(self._batch, NO_QUERY_KEY))
        for kind, short in SINGLE_EVENTS.items():
            add(b"POST", f"/v1/{kind}", partial(self._single, kind))
            add(b"POST", f"/v1/{short}", partial(self._single, kind))
        add(b"GET", "/sourceConfig", self._source_config)
        add(b"GET", "/sourceConfig/", self._source_config)
        for key in self._sources.by_key:
            add(b"GET", f"/v1/projects/{quote(key, safe='')}/settings", partial(self._segment_settings, key))
        add(b"GET", "/health", lambda _: self._health())
        add(b"GET", "/version", _constant(json_reply({"Version": __version__})))
        add(b"GET", "/robots.txt", _constant(make_reply(200, b"User-agent: *\nDisallow: /\n")))

    def _add_route(self, method: bytes, path: str, answer: Answer) -> None:
        route = self._routes.setdefault(path.encode(), {})
        route[method] = answer
        if method == b"GET":
            route[b"HEAD"] = answer

    # Events

    def _single(self, kind: str, request: Request) -> Outcome:
        known = sender_outside_body(self._sources, request.headers, request.query)
        body = read_body(request.headers, request.body, self._limit)
        try:
            item = decode_item(body)
        except msgspec.ValidationError as e:
            raise _refusal(known, NO_HEADER_KEY, NOT_AN_EVENT) from e
        except NOT_JSON as e:
            raise _refusal(known, NO_HEADER_KEY, INVALID_JSON) from e
        sender = known or sender_in_body(self._sources, item.write_key, NO_HEADER_KEY)
        item.type = kind
        reason = sender.objection(item)
        if reason is not None:
            raise EventRejected(400, reason)
        return Accepted([self._record(request, sender, msgspec.Raw(body), item, kind)], [])

    def _batch(self, no_key: str, request: Request) -> Outcome:
        known = sender_outside_body(self._sources, request.headers, request.query)
        body = read_body(request.headers, request.body, self._limit)
        try:
            events, write_key = decode_batch(body)
        except NOT_JSON as e:
            raise _refusal(known, no_key, INVALID_JSON) from e
        sender = known or sender_in_body(self._sources, write_key, no_key)
        if not events:
            raise EventRejected(400, EMPTY_BATCH)
        if len(events) > self._max_events:
            raise EventRejected(413, TOO_LARGE)
        accepted = Accepted([], [])
        for event in events:
            self._sort(event, sender, request, accepted)
        return accepted

    def _sort(self, event: msgspec.Raw, sender: CompiledSource, request: Request, into: Accepted) -> None:
        """Put one item of a batch where it belongs; under `strict`, refuse all of the batch for it."""
        try:
            item = decode_item(event)
            reason = sender.objection(item)
        except NOT_JSON:
            reason = NOT_AN_EVENT
        if reason is None:
            into.records.append(self._record(request, sender, event, item, None))
        elif self._strict:
            raise EventRejected(400, reason)
        else:
            held = Quarantined(request.received_at, request.request_ip, sender.id, reason, event)
            into.quarantined.append(encode_quarantined(held))

    def _record(
        self, request: Request, sender: CompiledSource, event: msgspec.Raw, item: Item, kind: str | None
    ) -> bytes:
        made_id = self._new_message_id() if is_blank(item.message_id) else None
        return encode_received(
            Received(request.received_at, request.request_ip, sender.id, event, kind, made_id)
        )

    # What browsers ask first

    def _source_config(self, request: Request) -> Outcome:
        key = key_outside_body(request.headers, request.query)
        if key is None:
            raise EventRejected(401, NO_HEADER_KEY)
        source = self._sources.by_key.get(key)
        if source is None:
            raise EventRejected(401, INVALID_KEY)
        return json_reply(source_config(source.source, key, self._updated_at))

    def _segment_settings(self, key: str, request: Request) -> Outcome:
        sender_by_key(self._sources, key)
        return json_reply(segment_settings(key, self._public_url, request.headers))


def _refusal(known: CompiledSource | None, no_key: str, reason: str) -> EventRejected:
    """A body that cannot be read holds no key either, so who has not said so yet stays unknown."""
    return EventRejected(401, no_key) if known is None else EventRejected(400, reason)


def _constant(reply: Reply) -> Answer:
    return lambda _: reply


def _other_method(methods: Iterable[bytes], request: Request) -> Reply:
    """OPTIONS is granted everywhere, so that a browser can read the answer to what it sends next; the
    CORS headers are the transport's."""
    allow = f"Allow: {b', '.join(sorted({*methods, b'OPTIONS'})).decode()}"
    if request.method == b"OPTIONS":
        return make_reply(204, b"", headers=(allow,))
    return make_reply(405, b"method not allowed\n", headers=(allow,))
