"""Judge one event as if it arrived now: for events of the past, and for such as were held back.

It comes to what the handler would come to for an item of a batch; only gates are not asked and nothing is
counted, since nobody waits for an answer. It never raises for what an event holds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from mainstem.collect.body import NOT_JSON, decode_item
from mainstem.collect.checks import is_blank
from mainstem.collect.passage import pass_through, scrubbed
from mainstem.collect.reasons import explained, why_unread
from mainstem.events import Held, Verdict

if TYPE_CHECKING:
    from mainstem.collect.shape import Shape
    from mainstem.collect.sources import CompiledSource
    from mainstem.events import Sending


class Arrived(msgspec.Struct, frozen=True):
    """What became of it."""

    event: msgspec.Raw
    """As it may be kept."""
    verdict: Verdict = None
    needs_message_id: bool = False
    """Whether its sender gave it none."""


def arrive(source: CompiledSource, shape: Shape, event: bytes, sending: Sending) -> Arrived:
    """The verdict on `event`; `sending.request_ip` becomes what may be kept of it."""
    raw = msgspec.Raw(event)
    try:
        item = decode_item(raw)
        reason = source.objection(item) or shape.objection(event)
        reason = None if reason is None else explained(reason, item)
    except (*NOT_JSON, UnicodeDecodeError):
        reason = why_unread(event)
    if reason is not None:
        return Arrived(scrubbed(source.scrub, raw, sending), Held(reason))
    verdict: Verdict = None
    if source.steps:
        raw, verdict = pass_through(source.steps, raw, None, sending, source.scrub)
    return Arrived(raw, verdict, is_blank(item.message_id))
