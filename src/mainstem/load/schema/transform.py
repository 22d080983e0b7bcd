"""The pure transform: one event in, the rows of its tables out, by RudderStack's warehouse rules.

It decides nothing about tables that exist and reads no clock of its own: the moment and the id it may have
to make up are passed in. An event it cannot place raises TransformRejected; nothing else does.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from mainstem.errors import TransformRejected
from mainstem.load.schema.event import Event
from mainstem.load.schema.events import alias, extract, group, identify, page, track
from mainstem.load.schema.moments import parse_moment, render_moment
from mainstem.load.schema.options import EventMetadata, Options
from mainstem.load.schema.rules import compiled
from mainstem.load.schema.values import is_blank

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mainstem.load.schema.provider import Provider
    from mainstem.load.schema.row import Row

_ROWS: Mapping[str, Callable[[Event], list[Row]]] = {
    "alias": alias.rows,
    "extract": extract.rows,
    "group": group.rows,
    "identify": identify.rows,
    "page": page.rows,
    "screen": page.rows,
    "track": track.rows,
}
_NOTHING_KNOWN = EventMetadata()
_DEFAULT_OPTIONS = Options()


def _now() -> datetime:
    return datetime.now(UTC)


def _new_id() -> str:
    return f"auto-{uuid.uuid4()}"


def transform(
    message: Mapping[str, Any],
    *,
    provider: Provider,
    options: Options = _DEFAULT_OPTIONS,
    metadata: EventMetadata | None = None,
    now: Callable[[], datetime] = _now,
    new_id: Callable[[], str] = _new_id,
) -> list[Row]:
    """The rows `message` becomes, in the order RudderStack gives them; `merge` events become none.

    Raises TransformRejected, with RudderStack's words, for an event of an unknown type, one without the
    record or table name its type needs, and one of more columns than a table may have.
    """
    kind = message.get("type")
    kind = kind.lower() if isinstance(kind, str) else ""
    if kind == "merge":
        return []
    rows = _ROWS.get(kind)
    if rows is None:
        raise TransformRejected(f'Unknown event type: "{kind if "type" in message else "undefined"}"')
    known = metadata or _NOTHING_KNOWN
    message_id = message.get("messageId")
    event = Event(
        type=kind,
        message=_with_known_context(message, known),
        metadata=known,
        rules=compiled(provider, options.for_event(message, provider)),
        message_id=new_id() if is_blank(message_id) else message_id,
        received_at=_received_at(message, known, now),
    )
    try:
        return rows(event)
    except RecursionError as e:
        raise TransformRejected("the event is nested too deeply") from e


def _with_known_context(message: Mapping[str, Any], metadata: EventMetadata) -> Mapping[str, Any]:
    """The message with source and destination in its context. One that is empty in JavaScript's sense becomes
    an object for that; any other that is no object keeps its place."""
    known = metadata.known_to_context()
    context = message.get("context")
    if not known or not (isinstance(context, dict) or context in (None, "", 0, False)):
        return message
    return {**message, "context": {**(context or {}), **known}}


def _received_at(message: Mapping[str, Any], metadata: EventMetadata, now: Callable[[], datetime]) -> str:
    for given in (message.get("receivedAt"), metadata.received_at):
        if isinstance(given, str) and parse_moment(given) is not None:
            return given
    return render_moment(now())
