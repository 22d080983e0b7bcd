"""`page` and `screen`: one row in `pages` or `screens`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.load.schema.columns import (
    cells_for,
    put_context,
    put_defaults,
    put_full_event,
    row,
)
from mainstem.load.schema.flatten import flatten
from mainstem.load.schema.values import is_blank

if TYPE_CHECKING:
    from mainstem.load.schema.event import Event
    from mainstem.load.schema.row import Row


def rows(event: Event) -> list[Row]:
    """`name` is the event's own, else the one among its properties."""
    cells = cells_for(event)
    flatten(cells, event.part("properties"), path=("properties",), cloud=event.metadata.flat_to_level_three)
    put_context(cells, event)
    put_defaults(cells, event)
    own = event.message.get("name")
    cells.put_standard("name", event.part("properties", "name") if is_blank(own) else own)
    put_full_event(cells, event)
    return [row(event, event.rules.naming.standard(f"{event.type}s"), cells)]
