"""`extract`: a record pulled from elsewhere, one row in the table it names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.errors import TransformRejected
from mainstem.load.schema.columns import cells_for, put_context, put_full_event, row
from mainstem.load.schema.events.track import event_name
from mainstem.load.schema.flatten import flatten
from mainstem.load.schema.recordid import required_record_id

if TYPE_CHECKING:
    from mainstem.load.schema.event import Event
    from mainstem.load.schema.row import Row


def rows(event: Event) -> list[Row]:
    """Raises TransformRejected where the event names no record, or no table."""
    record_id = required_record_id(event)
    name = event_name(event)
    if not name:
        raise TransformRejected("Table name cannot be empty.")
    cells = cells_for(event)
    flatten(cells, event.part("properties"), path=("properties",), cloud=event.metadata.flat_to_level_three)
    put_context(cells, event)
    cells.put_standard("event", event.message.get("event"))
    cells.put_standard("id", record_id)
    cells.put_standard("received_at", event.received_at)
    put_full_event(cells, event)
    return [row(event, event.rules.naming.event_table(name), cells)]
