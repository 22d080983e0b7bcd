"""Rows of source systems on their way into a project's warehouse: e-mail addresses become pseudonyms.

They are the ones the gateway writes for the same addresses, so rows of a CRM still join with events. A
project without a key keeps addresses as they are, for it keeps them in events too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from mainstem.assemble.privacy import read_privacy
from mainstem.privacy import pseudonym

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mainstem.assemble.project import Project
    from mainstem.privacy import PseudonymKeys
    from mainstem.simulate.world import Change, Day

PERSONAL = frozenset({"email", "customer_email", "requester_email"})
"""Fields of rows, in any table, that hold an address."""


def private_rows(project: Project, days: Iterable[Day]) -> Iterator[Day]:
    """The same days; what their rows say of somebody's address is a pseudonym."""
    keys = read_privacy(project).keys
    for day in days:
        changes = day.changes if keys is None else [_private(change, keys) for change in day.changes]
        yield msgspec.structs.replace(day, changes=changes)


def _private(change: Change, keys: PseudonymKeys) -> Change:
    if change.row is None or not PERSONAL & change.row.keys():
        return change
    row: dict[str, Any] = {
        name: pseudonym(keys, value) if name in PERSONAL and value else value
        for name, value in change.row.items()
    }
    return msgspec.structs.replace(change, row=row)
