"""The columns RudderStack makes itself, whatever the sender says: standard, context and bookkeeping ones.

They win over a sender's properties twice: a property that normalises onto one of them is dropped, and a
standard value is laid over whatever else reached its column. A standard value that is empty, an object or
an array leaves its column out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.load.schema.flatten import Cells, flatten
from mainstem.load.schema.row import Row
from mainstem.load.schema.values import is_blank, json_text

if TYPE_CHECKING:
    from mainstem.load.schema.event import Event

DEFAULT_COLUMNS = frozenset(
    {
        "anonymous_id", "channel", "context_ip", "context_passed_ip", "context_request_ip", "id",
        "original_timestamp", "received_at", "sent_at", "timestamp", "user_id",
    }
)  # fmt: skip

LOADED_AT = "uuid_ts"
_FULL_EVENT = "rudder_event"

RESERVED = {
    "track": DEFAULT_COLUMNS | {"event", "event_text", "record_id"},
    "identify": DEFAULT_COLUMNS,
    "page": DEFAULT_COLUMNS | {"name"},
    "screen": DEFAULT_COLUMNS | {"name"},
    "group": DEFAULT_COLUMNS | {"group_id"},
    "alias": DEFAULT_COLUMNS | {"previous_id"},
    "extract": frozenset({"event", "id", "received_at"}),
}
"""Per event type, the columns (in lower case) that no property can reach."""


def cells_for(event: Event) -> Cells:
    return Cells(event.rules, event.type, RESERVED[event.type])


def put_context(cells: Cells, event: Event) -> None:
    """Columns `context_*`, flattened from the context."""
    cloud = event.metadata.flat_to_level_three
    flatten(cells, event.part("context"), path=("context",), prefix="context_", cloud=cloud)


def put_times_and_addresses(cells: Cells, event: Event) -> None:
    """What every sent event has, users included: addresses and times."""
    passed_ip = event.part("context", "ip")
    request_ip = event.message.get("request_ip")
    cells.put_standard("context_ip", request_ip if is_blank(passed_ip) else passed_ip)
    cells.put_standard("context_passed_ip", passed_ip)
    cells.put_standard("context_request_ip", request_ip)
    cells.put_standard("original_timestamp", event.message.get("originalTimestamp"))
    cells.put_standard("received_at", event.received_at)
    cells.put_standard("sent_at", event.message.get("sentAt"))
    cells.put_standard("timestamp", event.message.get("timestamp"))


def put_defaults(cells: Cells, event: Event) -> None:
    """The default columns of a sent event."""
    put_times_and_addresses(cells, event)
    cells.put_standard("id", event.message_id)
    cells.put_standard("anonymous_id", event.message.get("anonymousId"))
    cells.put_standard("user_id", event.message.get("userId"))
    cells.put_standard("channel", event.message.get("channel"))


def put_full_event(cells: Cells, event: Event) -> None:
    """The whole event as JSON, where the destination asks for it, with what it was given on the way."""
    if event.rules.options.store_full_event:
        given = {"messageId": event.message_id, "receivedAt": event.received_at}
        cells.put_json(_FULL_EVENT, json_text({**event.message, **given}))


def row(event: Event, table: str, cells: Cells) -> Row:
    """The finished row, with the bookkeeping column every table has."""
    columns = cells.columns
    columns.setdefault(event.rules.naming.standard(LOADED_AT), "datetime")
    cells.check_count(event.part("channel"))
    return Row(table, columns, cells.data, event.received_at)
