"""`identify`: a row in `identifies`, and one in `users` for a user who is named.

An object or an array names nobody. RudderStack makes a row of `users` of it that has no `id`, which nothing
could be merged with: here there is none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.load.schema.columns import (
    cells_for,
    put_context,
    put_defaults,
    put_full_event,
    put_times_and_addresses,
    row,
)
from mainstem.load.schema.flatten import flatten
from mainstem.load.schema.values import is_blank

if TYPE_CHECKING:
    from mainstem.load.schema.event import Event
    from mainstem.load.schema.flatten import Cells
    from mainstem.load.schema.row import Row


def rows(event: Event) -> list[Row]:
    common = _traits_and_context(event)
    result = [row(event, event.rules.naming.standard("identifies"), _identifies(event, common))]
    user_id = event.message.get("userId")
    names_a_user = not is_blank(user_id) and not isinstance(user_id, dict | list) and not _is_blanks(user_id)
    if names_a_user and not event.rules.options.skip_users_table:
        result.append(row(event, event.rules.naming.standard("users"), _users(event, common)))
    return result


def _is_blanks(user_id: object) -> bool:
    return isinstance(user_id, str) and not user_id.strip()


def _traits_and_context(event: Event) -> Cells:
    """What both tables hold; of two values for a column the later stays."""
    cloud = event.metadata.flat_to_level_three
    cells = cells_for(event)
    flatten(cells, event.part("userProperties"), path=("userProperties",), cloud=cloud)
    if event.rules.options.allow_users_context_traits:
        flatten(cells, event.part("context", "traits"), path=("context", "traits"), cloud=cloud)
    flatten(cells, event.part("traits"), path=("traits",), cloud=cloud)
    put_context(cells, event)
    return cells


def _identifies(event: Event, common: Cells) -> Cells:
    cells = cells_for(event)
    cells.lay_over(common)
    put_defaults(cells, event)
    put_full_event(cells, event)
    return cells


def _users(event: Event, common: Cells) -> Cells:
    cells = cells_for(event)
    cells.lay_over(common)
    put_times_and_addresses(cells, event)
    cells.put_standard("id", event.message.get("userId"))
    return cells
