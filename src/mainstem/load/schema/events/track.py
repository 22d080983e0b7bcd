"""`track`: a row in `tracks` without properties, and a row with them in the table of the event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mainstem.load.schema.columns import cells_for, put_context, put_defaults, put_full_event, row
from mainstem.load.schema.flatten import flatten
from mainstem.load.schema.recordid import cloud_record_id
from mainstem.load.schema.values import is_blank, json_text, typed

if TYPE_CHECKING:
    from mainstem.load.schema.event import Event
    from mainstem.load.schema.flatten import Cells
    from mainstem.load.schema.row import Row


def rows(event: Event) -> list[Row]:
    """An event whose name leaves no legal table name has its row in `tracks` alone."""
    record_id = cloud_record_id(event)
    name = event_name(event)
    common = _common(event, name)
    result = []
    if not event.rules.options.skip_tracks_table:
        result.append(row(event, event.rules.naming.standard("tracks"), _tracks(event, common, record_id)))
    table = event.rules.naming.event_table(name) if name.strip() else ""
    if table:
        result.append(row(event, table, _with_properties(event, common, record_id)))
    return result


def event_name(event: Event) -> str:
    """The value of the `event` column, of which the table's name is made; "" where there is none."""
    return event.rules.naming.event(raw_name(event))


def raw_name(event: Event) -> str:
    """What the event is called, as it is stored: a date with its time. "" where it has no name."""
    raw = event.message.get("event")
    if is_blank(raw) or isinstance(raw, dict | list):
        return ""
    _, stored = typed(raw, event.rules.provider)
    return stored if isinstance(stored, str) else json_text(stored)


def _common(event: Event, name: str) -> Cells:
    cells = cells_for(event)
    put_context(cells, event)
    put_defaults(cells, event)
    cells.put_standard("event_text", event.message.get("event"))
    cells.put_text("event", name)
    return cells


def _tracks(event: Event, common: Cells, record_id: Any) -> Cells:
    cells = cells_for(event)
    cells.lay_over(common)
    if not is_blank(record_id):
        cells.put_standard("record_id", record_id if isinstance(record_id, str) else json_text(record_id))
    put_full_event(cells, event)
    return cells


def _with_properties(event: Event, common: Cells, record_id: Any) -> Cells:
    cloud = event.metadata.flat_to_level_three
    cells = cells_for(event)
    flatten(cells, event.part("properties"), path=("properties",), cloud=cloud)
    flatten(cells, event.part("userProperties"), path=("userProperties",), cloud=cloud)
    cells.lay_over(common)
    if not is_blank(record_id):
        cells.put_standard("id", record_id)
    return cells
