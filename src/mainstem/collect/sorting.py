"""Put each event of a request where it belongs: among the records for the log, or into quarantine.

An event that is usual in every way, of a source without steps, is kept for 1.3 µs when it comes in a batch;
what differs in anything is looked at by itself. Order stays as it came. Nothing here answers a request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.collect.body import NOT_JSON, decode_item
from mainstem.collect.checks import USUAL_CHECKS, is_blank, is_usual
from mainstem.collect.known_batch import AT_ONCE, pass_together
from mainstem.collect.passage import envelope, pass_through, record_of, scrubbed
from mainstem.collect.reasons import NUMBER_TOO_LARGE, explained, why_unread
from mainstem.collect.replies import INVALID_JSON
from mainstem.events import (
    Dropped,
    Quarantined,
    Received,
    Sending,
    encode_quarantined,
    encode_received,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import msgspec

    from mainstem.collect.checks import Item
    from mainstem.collect.known_forms import KnownForms
    from mainstem.collect.request import Accepted, Request
    from mainstem.collect.shape import Shape
    from mainstem.collect.sources import CompiledSource

    Admit = Callable[[CompiledSource, Request, int], None]
    """Counts a request of so many events; raises EventRejected where it is turned away."""


class Sorting:
    """For all sources alike."""

    def __init__(self, shape: Shape, new_message_id: Callable[[], str]) -> None:
        self._shape = shape
        self._new_message_id = new_message_id

    def sort(
        self, events: Sequence[msgspec.Raw], sender: CompiledSource, request: Request, into: Accepted
    ) -> None:
        """All items of a batch that is not empty."""
        if sender.forms is not None:
            self._pass_together(sender.forms, events, sender, request, into)
        elif sender.steps or sender.checks != USUAL_CHECKS:
            for event in events:
                self._sort(event, sender, request, into)
        else:
            self._keep_usual(events, sender, request, into)

    def _keep_usual(
        self, events: Sequence[msgspec.Raw], sender: CompiledSource, request: Request, into: Accepted
    ) -> None:
        front, back = _around(request.request_ip, sender, request)
        add, kept = into.records.append, 0
        for event, is_small in zip(events, self._shape.are_surely_small(events), strict=True):
            if is_small and _is_usual(event):
                add(b"".join((front, event, back)))
                kept += 1
            else:
                self._sort(event, sender, request, into)
        sender.counts.events += kept

    def _pass_together(
        self,
        forms: KnownForms,
        events: Sequence[msgspec.Raw],
        sender: CompiledSource,
        request: Request,
        into: Accepted,
    ) -> None:
        sending = Sending(request.request_ip, request.received_at, request.headers)
        most = self._shape.surely_few_keys

        def around(own: Sending) -> tuple[bytes, bytes]:
            return _around(own.request_ip, sender, request)

        for at in range(0, len(events), AT_ONCE):
            some = events[at : at + AT_ONCE]
            known = forms.learnt
            for event, record in zip(some, pass_together(forms, some, sending, most, around), strict=True):
                if record is not None:
                    sender.counts.events += 1
                    into.records.append(record)
                # What was learnt from one of them meanwhile may be the form of others.
                elif forms.learnt == known or not self.passes(event, None, sender, request, into):
                    self._sort(event, sender, request, into)

    def passes(
        self,
        event: msgspec.Raw,
        kind: str | None,
        sender: CompiledSource,
        request: Request,
        into: Accepted,
        admit: Admit | None = None,
    ) -> bool:
        """Keep an event of a known form, of which nothing more is to be asked, if `admit` lets it in; False
        for any other."""
        if sender.forms is None:
            return False
        sending = Sending(request.request_ip, request.received_at, request.headers)
        passed = sender.forms.pass_known(event, kind, sending, self._shape.surely_few_keys)
        if passed is None:
            return False
        if admit is not None:
            admit(sender, request, 1)
        sender.counts.events += 1
        into.records.append(record_of(passed, sending, sender.id, kind))
        return True

    def keep(
        self,
        event: msgspec.Raw,
        item: Item,
        kind: str | None,
        sender: CompiledSource,
        request: Request,
        into: Accepted,
    ) -> None:
        """Keep an event that the checks accept: as it came, or as the steps of its source leave it."""
        ip = request.request_ip
        if sender.steps:
            sending = Sending(ip, request.received_at, request.headers)
            event, verdict = pass_through(sender.steps, event, kind, sending, sender.scrub, sender.forms)
            if isinstance(verdict, Dropped):
                dropped = sender.counts.dropped
                dropped[verdict.reason] = dropped.get(verdict.reason, 0) + 1
                return
            if verdict is not None:
                if kind is not None and verdict.reason == NUMBER_TOO_LARGE:
                    raise sender.refusal(INVALID_JSON)  # a single event: its sender can be told
                _hold(event, verdict.reason, sender, sending, into)
                return
            ip = sending.request_ip
        sender.counts.events += 1
        made_id = self._new_message_id() if is_blank(item.message_id) else None
        into.records.append(
            encode_received(Received(request.received_at, ip, sender.id, event, kind, made_id))
        )

    def _sort(self, event: msgspec.Raw, sender: CompiledSource, request: Request, into: Accepted) -> None:
        """One item of a batch, by the long way."""
        try:
            item = decode_item(event)
            reason = sender.objection(item) or self._shape.objection(bytes(event))
        except NOT_JSON:
            reason = why_unread(bytes(event))
        else:
            if reason is None:
                self.keep(event, item, None, sender, request, into)
                return
            reason = explained(reason, item)
        sending = Sending(request.request_ip, request.received_at, request.headers)
        _hold(scrubbed(sender.scrub, event, sending), reason, sender, sending, into)


def _around(request_ip: str, sender: CompiledSource, request: Request) -> tuple[bytes, bytes]:
    """What stands before and behind an item of a batch in its record."""
    front, middle, back = envelope(request_ip, sender.id, None)
    return b"".join((front, request.received_at.encode(), middle)), back


def _is_usual(event: msgspec.Raw) -> bool:
    try:
        return is_usual(decode_item(event))
    except NOT_JSON:
        return False


def _hold(event: msgspec.Raw, reason: str, sender: CompiledSource, sending: Sending, into: Accepted) -> None:
    sender.counts.hold(reason)
    held = Quarantined(sending.received_at, sending.request_ip, sender.id, reason, event)
    into.quarantined.append(encode_quarantined(held))
