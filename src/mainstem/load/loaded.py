"""Which message ids stand in the tables of a namespace, however long ago they were loaded.

The window in which the loader knows an event again ends after days; the tables do not. An extract event is no
message and has no row by its message id.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.load.discards import DISCARDS
from mainstem.load.plan import USERS
from mainstem.load.schema import LOADED_AT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mainstem.load.schema import Provider
    from mainstem.warehouse import Warehouse

_OF_TYPES = ("tracks", "pages", "screens", "identifies", "groups", "aliases")


class LoadedIds:
    """Of one namespace."""

    def __init__(self, warehouse: Warehouse, namespace: str, provider: Provider) -> None:
        self._warehouse = warehouse
        key, loaded_at = provider.cased("id"), provider.cased(LOADED_AT)
        standing = {
            table
            for table, columns in warehouse.columns(namespace).items()
            if key in columns and loaded_at in columns
        } - {provider.cased(USERS), provider.cased(DISCARDS)}
        every = standing & set(map(provider.cased, _OF_TYPES))
        # Where there is no table of all track events, each of theirs is asked.
        tables = every if provider.cased("tracks") in every else standing
        self._names = sorted(warehouse.capabilities.qualified(namespace, table) for table in tables)
        self._key = warehouse.capabilities.quoted(key)

    def among(self, message_ids: Sequence[str]) -> frozenset[str]:
        """Those that are loaded. Raises WarehouseBusy."""
        wanted = sorted(set(message_ids))
        found: set[str] = set()
        for name in self._names if wanted else ():
            rows = self._warehouse.query(
                f"SELECT {self._key} FROM {name} WHERE {self._key} IN (SELECT unnest(?))",  # noqa: S608 # names are quoted
                [wanted],
            )
            found.update(rows.column(0).to_pylist())
        return frozenset(found)
