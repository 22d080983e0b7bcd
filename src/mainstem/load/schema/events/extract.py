"""`extract`: a record pulled from elsewhere, one row in the table it names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.errors import TransformRejected
from mainstem.load.schema.columns import cells_for, put_context, row
from mainstem.load.schema.events.track import raw_name
from mainstem.load.schema.flatten import flatten
from mainstem.load.schema.recordid import required_record_id

if TYPE_CHECKING:
    from mainstem.load.schema.event import Event
    from mainstem.load.schema.row import Row


def rows(event: Event) -> list[Row]:
    """Raises TransformRejected where the event names no record, or no table."""
    record_id = required_record_id(event)
    name = raw_name(event)
    if not name.strip():
        raise TransformRejected(
            "cannot create event table with empty event name, event name is missing in the payload"
        )
    table = event.rules.naming.event_table(name)
    if not table:
        raise TransformRejected("Table name cannot be empty.")
    cells = cells_for(event)
    flatten(cells, event.part("properties"), path=("properties",), cloud=event.metadata.flat_to_level_three)
    put_context(cells, event)
    cells.put_standard("event", event.message.get("event"))
    cells.put_standard("id", record_id)
    cells.put_standard("received_at", event.received_at)
    return [row(event, table, cells)]
