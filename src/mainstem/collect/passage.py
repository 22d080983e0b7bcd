"""Take one event through the steps of its source: read it whole, let each act, write it again.

Only sources that have steps pay for it; for the others an event stays the bytes that came.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

from mainstem.collect.body import NOT_JSON
from mainstem.collect.lenient import read_leniently
from mainstem.collect.reasons import NUMBER_TOO_LARGE, why_unread
from mainstem.events import Dropped, Held, Sending, received_envelope

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mainstem.collect.known_forms import KnownForms, Passed
    from mainstem.events import Scrub, Step, Verdict

_decode_event = msgspec.json.Decoder(dict[str, Any]).decode
_decode_any = msgspec.json.Decoder().decode
_encode = msgspec.json.Encoder().encode

envelope = lru_cache(maxsize=256)(received_envelope)  # 0.1 µs against 3 µs; a batch has one

UNREADABLE = "held back unread: what is no JSON cannot be made private"


TOO_DEEP = "event is nested too deep"


def pass_through(
    steps: Sequence[Step],
    event: msgspec.Raw,
    kind: str | None,
    sending: Sending,
    scrub: Scrub | None,
    forms: KnownForms | None = None,
) -> tuple[msgspec.Raw, Verdict]:
    """The event as the steps left it, and the first verdict of any. `kind` is the type the path forces.

    `Dropped` ends it at once; after `Held` the later steps still act. An event that the few fields read at
    the door let in, but that nests deeper than a step can follow, is held back: as it came, or as nothing of
    it where there are rules that `scrub` stands for. One with a number that is too large is held back too: as
    it came, or where there are rules as these leave it, the number as text. `forms` learns of what passes.
    """
    verdict: Verdict = None
    try:
        fields = _decode_event(event)
    except msgspec.ValidationError:
        verdict = Held(NUMBER_TOO_LARGE)
        if scrub is None:
            return event, verdict
        forms = None
        try:
            fields = read_leniently(bytes(event))
        except (ValueError, RecursionError):
            return _unread(event, sending, scrub), verdict
    except NOT_JSON:
        return _unread(event, sending, scrub), Held(why_unread(bytes(event)))
    if kind is not None:
        fields["type"] = kind
    form = forms.form_to_learn(fields) if forms is not None else None
    try:
        for step in steps:
            found = step(fields, sending)
            if isinstance(found, Dropped):
                return event, found
            verdict = verdict or found
        if forms is not None and form is not None and verdict is None:
            forms.learn(form, kind, event, fields)
        return msgspec.Raw(_encode(fields)), verdict
    except RecursionError:
        return _unread(event, sending, scrub), Held(TOO_DEEP)


def record_of(passed: Passed, sending: Sending, source_id: str, kind: str | None) -> bytes:
    """The record of an event that its form let pass, once what goes with it is done."""
    for act in passed.acts:
        act(sending, 1)
    front, middle, back = envelope(sending.request_ip, source_id, kind)
    return b"".join((front, sending.received_at.encode(), middle, passed.event, back))


def _unread(event: msgspec.Raw, sending: Sending, scrub: Scrub | None) -> msgspec.Raw:
    """What may be quarantined of an event that the steps could not be applied to."""
    if scrub is None:
        return event
    sending.request_ip = ""
    return msgspec.Raw(_encode(UNREADABLE))


def scrubbed(scrub: Scrub | None, value: msgspec.Raw, sending: Sending) -> msgspec.Raw:
    """What may be quarantined of an item that never got to the steps. Where there are rules, an address is
    nothing to keep of what they could not be applied to."""
    if scrub is None:
        return value
    sending.request_ip = ""
    try:
        return msgspec.Raw(_encode(scrub(_read_any(value), sending)))
    except (*NOT_JSON, ValueError):
        return msgspec.Raw(_encode(UNREADABLE))


def _read_any(value: msgspec.Raw) -> Any:
    try:
        return _decode_any(value)
    except msgspec.ValidationError:
        return read_leniently(bytes(value))
