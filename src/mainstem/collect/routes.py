"""Every path that takes events, in RudderStack's spelling and in Segment's: one table, made at start.

What takes them are two functions, for one event and for a batch; the rest are other ways to say the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from mainstem.collect.body import NOT_JSON, read_body
from mainstem.collect.pixel import pixel_routes
from mainstem.collect.replies import NO_HEADER_KEY, NO_QUERY_KEY, OK
from mainstem.collect.request import Outcome, Request, Route
from mainstem.collect.sent_at import with_sent_at
from mainstem.collect.webhook import Webhook
from mainstem.errors import EventRejected

if TYPE_CHECKING:
    from mainstem.collect.sources import SourceTable

Single = Callable[[str, Request], Outcome]
"""Answers a request that posts one event, of the type given."""
Batch = Callable[[str, Request], Outcome]
"""Answers a request that posts a batch; the text given is the refusal of one that names no write key."""

SINGLE_EVENTS = {"track": "t", "identify": "i", "page": "p", "screen": "s", "group": "g", "alias": "a"}
"""Event type → the short form of its path that Segment's browser SDK uses."""


class RouteOptions(msgspec.Struct, frozen=True):
    """What settings say about routes."""

    path_aliases: Mapping[str, str] = {}
    honour_batch_sent_at: bool = False


class EventRoutes(msgspec.Struct, frozen=True):
    """`new_id` makes message ids and ids of people that nobody has named."""

    single: Single
    batch: Batch
    new_id: Callable[[], str]
    max_body_bytes: int
    max_batch_events: int
    options: RouteOptions

    def of(self, sources: SourceTable) -> Iterator[Route]:
        batch = self._batch(NO_HEADER_KEY)
        for path in ("batch", "b", "import", "batch/", "import/"):  # Segment's Java library has the slash
            yield b"POST", f"/v1/{path}", batch
        yield b"POST", "/beacon/v1/batch", self._batch(NO_QUERY_KEY)
        for kind, short in SINGLE_EVENTS.items():
            single = partial(self.single, kind)
            yield b"POST", f"/v1/{kind}", single
            yield b"POST", f"/v1/{short}", single
        yield b"POST", "/v1/merge", partial(self.single, "merge")
        yield b"POST", "/v1/m", self._merge_or_own_metrics
        yield from pixel_routes(self.single)
        yield from self._webhook(sources, batch).routes()

    def _webhook(self, sources: SourceTable, batch: Callable[[Request], Outcome]) -> Webhook:
        return Webhook(sources, batch, self.new_id, self.max_body_bytes, self.max_batch_events)

    def _batch(self, no_key: str) -> Callable[[Request], Outcome]:
        answer = partial(self.batch, no_key)
        if not self.options.honour_batch_sent_at:
            return answer
        return partial(with_sent_at, answer, self.max_body_bytes)

    def _merge_or_own_metrics(self, request: Request) -> Outcome:
        """Segment's SDKs report here how they themselves fare, without a key: that is no event, and
        refusing it would only make them try again."""
        return OK if self._is_own_metrics(request) else self.single("merge", request)

    def _is_own_metrics(self, request: Request) -> bool:
        try:
            return bool(_decode_report(read_body(request.headers, request.body, self.max_body_bytes)).series)
        except (*NOT_JSON, EventRejected):
            return False


class _Report(msgspec.Struct, gc=False):
    series: list[msgspec.Raw] = []


_decode_report = msgspec.json.Decoder(_Report).decode
