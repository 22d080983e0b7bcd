"""Decide what one HTTP request means: an answer, or records that must be durable before the answer.

Pure but for what is passed in (a maker of message ids, the health facts): no sockets, no log, no
clock. The transport awaits the log and only then says `ok`. Nothing is worked out per request that
can be worked out at start, and a body is never decoded beyond the fields that decide its fate, unless
its source has steps.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import msgspec

from mainstem.collect.aliases import with_aliases
from mainstem.collect.body import NOT_JSON, decode_batch, decode_item, read_body
from mainstem.collect.replies import (
    EMPTY_BATCH,
    INVALID_JSON,
    NO_HEADER_KEY,
    NOT_AN_EVENT,
    TOO_LARGE,
    error_reply,
)
from mainstem.collect.request import Accepted, Outcome, Request, Route
from mainstem.collect.router import Router
from mainstem.collect.routes import EventRoutes, RouteOptions
from mainstem.collect.sender import sender_in_body, sender_outside_body
from mainstem.collect.shape import Shape
from mainstem.collect.short_way import short_way
from mainstem.collect.sorting import Sorting
from mainstem.errors import EventRejected

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mainstem.collect.request import Again
    from mainstem.collect.sources import CompiledSource, SourceTable


class Handler:
    """The gateway over one table of sources, which may be replaced between two requests."""

    def __init__(
        self,
        sources: SourceTable,
        *,
        max_body_bytes: int,
        max_batch_events: int,
        strict: bool,
        new_message_id: Callable[[], str],
        other_routes: Callable[[SourceTable], Iterable[Route]],
        options: RouteOptions = RouteOptions(),  # noqa: B008 - frozen, as its default is
        shape: Shape = Shape(),  # noqa: B008 - frozen, as its default is
    ) -> None:
        self._limit = max_body_bytes
        self._max_events = max_batch_events
        self._strict = strict
        self._shape = shape
        self._sorting = Sorting(shape, new_message_id)
        self._event_routes = EventRoutes(
            self._single, self._batch, new_message_id, max_body_bytes, max_batch_events, options
        ).of
        self._other_routes = other_routes
        self._aliases = options.path_aliases
        self.use(sources)

    @property
    def sources(self) -> SourceTable:
        """What is served now."""
        return self._sources

    def use(self, sources: SourceTable) -> None:
        """Serve `sources` from the next request on."""
        self._sources = sources
        routes = (*self._event_routes(sources), *self._other_routes(sources))
        self._router = Router(with_aliases(routes, self._aliases))

    def handle(self, request: Request) -> Outcome:
        """The answer to `request`, or what must be durable first. Never raises for any bytes sent."""
        try:
            return self._router.answer(request)
        except EventRejected as e:
            return error_reply(e.status, e.body, e.retry_after)

    def again(self, request: Request) -> Again | None:
        """A short way for bodies that come with the head of `request`, where there is one."""
        answer = self._router.find(request)
        # Only where nothing else has a say in the answer: routes wrap one another.
        if not isinstance(answer, partial) or answer.func != self._single:
            return None
        sources = self._sources
        try:
            sender = sender_outside_body(sources, request.headers, request.query)
        except EventRejected:
            return None
        if sender is None:
            return None
        return short_way(
            sender,
            answer.args[0],
            request,
            max_body_bytes=self._limit,
            shape=self._shape,
            admit=self._admit,
            is_current=lambda: self._sources is sources,
        )

    def uncount(self, records: Iterable[bytes], held: Iterable[bytes]) -> None:
        """Say of records made here that the log did not take them, so that a retry is not counted twice."""
        counts = {source.id: source.counts for source in self._sources.compiled}
        for record in records:
            found = counts.get(_decode_origin(record).source_id)
            if found is not None:
                found.unkept += 1
        for record in held:
            found = counts.get(_decode_origin(record).source_id)
            if found is not None:
                found.unkept_held += 1

    def _single(self, kind: str, request: Request) -> Outcome:
        known = sender_outside_body(self._sources, request.headers, request.query)
        body = self._body_of(request, known)
        accepted = Accepted([], [])
        if known is not None and self._sorting.passes(
            msgspec.Raw(body), kind, known, request, accepted, self._admit
        ):
            return accepted
        try:
            item = decode_item(body)
        except msgspec.ValidationError as e:
            raise _refusal(known, NO_HEADER_KEY, NOT_AN_EVENT) from e
        except NOT_JSON as e:
            raise _refusal(known, NO_HEADER_KEY, INVALID_JSON) from e
        sender = known or sender_in_body(self._sources, item.write_key, NO_HEADER_KEY)
        self._admit(sender, request, 1)
        item.type = kind
        reason = sender.objection(item) or self._shape.objection(body)
        if reason is not None:
            raise sender.refusal(reason)
        self._sorting.keep(msgspec.Raw(body), item, kind, sender, request, accepted)
        return accepted

    def _batch(self, no_key: str, request: Request) -> Outcome:
        known = sender_outside_body(self._sources, request.headers, request.query)
        body = self._body_of(request, known)
        try:
            batch = decode_batch(body, self._max_events)
        except NOT_JSON as e:
            raise _refusal(known, no_key, INVALID_JSON) from e
        sender = known or sender_in_body(self._sources, batch.write_key, no_key)
        if batch.is_too_long:
            raise _turned_away(sender, TOO_LARGE, 413)
        events = batch.events
        if not events:
            raise _turned_away(sender, EMPTY_BATCH)
        self._admit(sender, request, len(events))
        # Nothing comes with an item that is no list's, so that its sender can be told what is wrong.
        if self._strict or not batch.is_list:
            self._refuse_for_any(events, sender)
        accepted = Accepted([], [])
        self._sorting.sort(events, sender, request, accepted)
        return accepted

    def _body_of(self, request: Request, known: CompiledSource | None) -> bytes:
        try:
            return read_body(request.headers, request.body, self._limit)
        except EventRejected as e:
            if known is not None:
                raise _turned_away(known, e.body, e.status) from e
            raise

    def _admit(self, sender: CompiledSource, request: Request, events: int) -> None:
        sender.counts.requests += 1
        for tap in sender.taps:
            tap(request)
        try:
            for gate in sender.gates:
                gate(request, events)
        except EventRejected as e:
            sender.counts.refuse(e.body)
            raise

    def _refuse_for_any(self, events: Iterable[msgspec.Raw], sender: CompiledSource) -> None:
        """Before any of them is counted, or seen by a step."""
        for event in events:
            try:
                reason = sender.objection(decode_item(event)) or self._shape.objection(bytes(event))
            except NOT_JSON:
                reason = NOT_AN_EVENT
            if reason is not None:
                raise sender.refusal(reason)


class _Origin(msgspec.Struct, gc=False, rename="camel"):
    """What all records begin with."""

    source_id: str


_decode_origin = msgspec.json.Decoder(_Origin).decode


def _refusal(known: CompiledSource | None, no_key: str, reason: str) -> EventRejected:
    """A body that cannot be read holds no key either, so who has not said so yet stays unknown."""
    if known is None:
        return EventRejected(401, no_key)
    return _turned_away(known, reason)


def _turned_away(sender: CompiledSource, reason: str, status: int = 400) -> EventRejected:
    """A request that never got as far as its source's gates, counted."""
    sender.counts.requests += 1
    return sender.refusal(reason, status)
