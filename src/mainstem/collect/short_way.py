"""The short way from a body to its record, where the head of the request has decided all the rest.

It is compiled for one head: source, path, address, source's checks. It only ever says yes, and only where
the long way (`Handler.handle`) would have made the same record; for everything else it says None, having
counted and kept nothing, and the long way finds the words. Where a source has steps, it is for events of
forms that those have promised to let pass.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from mainstem.collect.body import NOT_JSON, decode_item, is_text
from mainstem.collect.checks import USUAL_CHECKS, is_usual
from mainstem.collect.passage import record_of
from mainstem.collect.replies import error_reply
from mainstem.collect.request import with_body
from mainstem.errors import EventRejected
from mainstem.events import Sending, received_envelope

if TYPE_CHECKING:
    from collections.abc import Callable

    from mainstem.collect.replies import Reply
    from mainstem.collect.request import Again, Request
    from mainstem.collect.shape import Shape
    from mainstem.collect.sources import CompiledSource


def short_way(
    sender: CompiledSource,
    kind: str,
    head: Request,
    *,
    max_body_bytes: int,
    shape: Shape,
    admit: Callable[[CompiledSource, Request, int], None],
    is_current: Callable[[], bool],
) -> Again | None:
    """What makes records of bodies that come with `head`; None where each must go the long way.

    `is_current` says whether `sender` is still what the head names.
    """
    if b"content-encoding" in head.headers:
        return None
    if sender.steps:
        return _by_form(
            sender, kind, head, max_body_bytes=max_body_bytes, shape=shape, admit=admit, is_current=is_current
        )
    if sender.checks != USUAL_CHECKS:
        return None
    front, middle, back = received_envelope(head.request_ip, sender.id, kind)
    counts, is_surely_small = sender.counts, shape.is_surely_small
    is_watched = bool(sender.taps or sender.gates)

    def record(body: bytes, received_at: str) -> bytes | Reply | None:
        if len(body) > max_body_bytes or not is_current() or not (body.isascii() or is_text(body)):
            return None
        try:
            item = decode_item(body)
        except NOT_JSON:
            return None
        item.type = kind
        if not is_usual(item) or not is_surely_small(body):
            return None
        if is_watched:
            request = with_body(head, body, received_at)
            try:
                admit(sender, request, 1)
            except EventRejected as e:
                return error_reply(e.status, e.body, e.retry_after)
        else:
            counts.requests += 1
        counts.events += 1
        return b"".join((front, received_at.encode(), middle, body, back))

    return record


def _by_form(
    sender: CompiledSource,
    kind: str,
    head: Request,
    *,
    max_body_bytes: int,
    shape: Shape,
    admit: Callable[[CompiledSource, Request, int], None],
    is_current: Callable[[], bool],
) -> Again | None:
    """The same for a source with steps."""
    forms, counts, most = sender.forms, sender.counts, min(max_body_bytes, shape.surely_few_keys)
    is_watched = bool(sender.taps or sender.gates)
    if forms is None:
        return None

    def record(body: bytes, received_at: str) -> bytes | Reply | None:
        if not is_current() or not (body.isascii() or is_text(body)):
            return None
        sending = Sending(head.request_ip, received_at, head.headers)
        passed = forms.pass_known(msgspec.Raw(body), kind, sending, most)
        if passed is None:
            return None
        if is_watched:
            try:
                admit(sender, with_body(head, body, received_at), 1)
            except EventRejected as e:
                return error_reply(e.status, e.body, e.retry_after)
        else:
            counts.requests += 1
        counts.events += 1
        return record_of(passed, sending, sender.id, kind)

    return record
