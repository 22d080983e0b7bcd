"""`group`: one row in `groups`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.load.schema.columns import cells_for, put_context, put_defaults, put_full_event, row
from mainstem.load.schema.flatten import flatten

if TYPE_CHECKING:
    from mainstem.load.schema.event import Event
    from mainstem.load.schema.row import Row


def rows(event: Event) -> list[Row]:
    cells = cells_for(event)
    flatten(cells, event.part("traits"), path=("traits",), cloud=event.metadata.flat_to_level_three)
    put_context(cells, event)
    put_defaults(cells, event)
    cells.put_standard("group_id", event.message.get("groupId"))
    put_full_event(cells, event)
    return [row(event, event.rules.naming.standard("groups"), cells)]
