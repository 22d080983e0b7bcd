"""Records of the log as people look at them: one line each, the whole event behind it, and what to show.

Values are shown as the log keeps them, which is after every privacy rule. Nothing an event can hold makes
this raise.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from mainstem.events import Quarantined, Received, decode_quarantined, decode_received
from mainstem.web.source_notes import notes_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mainstem.web.tail import Found

Outcome = Literal["accepted", "quarantined"]
MOST_CHARACTERS = 20_000
"""Of an event that is shown; more is cut off, and said."""
_MOST_OF_A_NAME = 200
_TYPES = ("track", "identify", "page", "screen", "group", "alias", "merge", "extract")

_decode = msgspec.json.Decoder().decode


@dataclass(frozen=True)
class ShownEvent:
    """One line of a list of events."""

    key: str
    """Unlike any other's; can stand in an `id`."""
    outcome: Outcome
    reason: str | None
    """Why it is in quarantine."""
    type: str
    name: str
    """What a `track`, `page`, `screen` or `group` is about; "" where it has no name."""
    user: str
    is_anonymous: bool
    """`user` is an anonymous id."""
    received_at: str
    request_ip: str
    size: int
    """Bytes, as kept."""
    body: str = field(repr=False)
    """The event as JSON, indented."""
    is_cut: bool = False
    value: Any = field(default=None, repr=False)
    """The event; None for one that cannot be read."""
    held_id: str = ""
    """Of one in quarantine, as `mainstem quarantine list` names it."""
    notes: tuple[str, ...] = ()
    """What privacy rules took away, and what is not as planned."""


@dataclass(frozen=True)
class Wanted:
    """Which events to show; "" shows all."""

    outcome: str = ""
    type: str = ""
    name: str = ""
    text: str = ""

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> Wanted:
        """Out of an address; what cannot be meant is left out."""
        outcome, kind = asked.get("outcome", ""), asked.get("type", "")
        return cls(
            outcome if outcome in ("accepted", "quarantined") else "",
            kind if kind in _TYPES else "",
            asked.get("name", "").strip()[:_MOST_OF_A_NAME],
            asked.get("q", "").strip()[:_MOST_OF_A_NAME],
        )

    @property
    def parameters(self) -> dict[str, str]:
        """For an address; without those that are not set."""
        given = {"outcome": self.outcome, "type": self.type, "name": self.name, "q": self.text}
        return {key: value for key, value in given.items() if value}

    def wants(self, event: ShownEvent, raw: str) -> bool:
        return (
            self.outcome in ("", event.outcome)
            and self.type in ("", event.type)
            and self.name.casefold() in event.name.casefold()
            and (not self.text or self.text.casefold() in f"{raw}\n{event.reason or ''}".casefold())
        )


def event_types() -> tuple[str, ...]:
    return _TYPES


def shown_events(found: Iterable[Found], source_id: str, wanted: Wanted, most: int) -> list[ShownEvent]:
    """Those of one source that are wanted, the newest first, `most` at most."""
    # The sort is stable: within a partition the order of the log stands.
    events = sorted(_events(found, source_id, wanted), key=lambda event: event.received_at)
    return events[: -most - 1 : -1]


def _events(found: Iterable[Found], source_id: str, wanted: Wanted) -> Iterator[ShownEvent]:
    for record in found:
        event = _event_of(record, source_id)
        if event is not None and wanted.wants(event[0], event[1]):
            yield event[0]


def _event_of(record: Found, source_id: str) -> tuple[ShownEvent, str] | None:
    """With the text that is searched; None for a record of another source, or none that can be read."""
    is_held = record.stream == "quarantine"
    envelope: Quarantined | Received
    try:
        envelope = decode_quarantined(record.payload) if is_held else decode_received(record.payload)
    except (msgspec.DecodeError, RecursionError):
        return None
    if envelope.source_id != source_id:
        return None
    reason = envelope.reason if isinstance(envelope, Quarantined) else None
    forced = envelope.type if isinstance(envelope, Received) else None
    raw = envelope.event
    value = _value_of(raw)
    fields = value if isinstance(value, dict) else {}
    kind = forced or _text(fields.get("type"))
    text = bytes(raw).decode(errors="replace")
    body = _indented(raw, text)
    user = _text(fields.get("userId"))
    event = ShownEvent(
        key=f"{record.stream}-{record.partition}-{record.offset}",
        outcome="quarantined" if is_held else "accepted",
        reason=reason,
        type=kind,
        name=_name_of(kind, fields),
        user=user or _text(fields.get("anonymousId")),
        is_anonymous=not user,
        received_at=envelope.received_at,
        request_ip=envelope.request_ip,
        size=len(raw),
        body=body[:MOST_CHARACTERS],
        is_cut=len(body) > MOST_CHARACTERS,
        value=value,
        held_id=f"gateway/{record.partition}:{record.offset}" if is_held else "",
        notes=() if is_held else notes_of(value),
    )
    return event, text


def _value_of(raw: msgspec.Raw) -> Any:
    try:
        return _decode(raw)
    except (msgspec.DecodeError, RecursionError):
        return None


def _indented(raw: msgspec.Raw, text: str) -> str:
    if len(text) > MOST_CHARACTERS:
        return text  # it is cut off anyway, and indenting deep nests is quadratic
    try:
        return msgspec.json.format(raw, indent=2).decode(errors="replace")
    except (msgspec.DecodeError, RecursionError):
        return text


def _name_of(kind: str, fields: Mapping[str, Any]) -> str:
    if kind in ("page", "screen"):
        properties = fields.get("properties")
        inner = properties.get("name") if isinstance(properties, dict) else None
        return _text(fields.get("name") or inner or fields.get("event"))
    return _text(fields.get({"group": "groupId", "alias": "previousId"}.get(kind, "event")))


def _text(value: object) -> str:
    """One line of it."""
    if value is None or isinstance(value, dict | list):
        return ""
    return " ".join(str(value).split())[:_MOST_OF_A_NAME]
