"""What destinations said they have, row by row: what the next plan is made against."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mainstem.store.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from mainstem.store.database import Database

ROWS = Table(
    "activation_rows",
    {
        "activation": "text",
        "key": "text",
        "target_id": "text",
        "written": "jsonb",
        "parents": "jsonb",
        "digest": "bytea",
        "is_ours": "boolean",
        "at": "timestamp with time zone",
    },
)
_PAGE = 5000


@dataclass(frozen=True)
class KeptRow:
    key: str
    target_id: str
    written: dict[str, Any]
    """By field."""
    parents: dict[str, Any]
    digest: bytes
    is_ours: bool
    at: datetime


@dataclass(frozen=True)
class _Number:
    n: int


class AcknowledgedRows:
    """Every method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def count(self, activation: str) -> int:
        found = self._database.one(
            _Number,
            "SELECT count(*) AS n FROM activation_rows WHERE activation = %(activation)s",
            {"activation": activation},
        )
        return found.n if found else 0

    def in_order(self, activation: str) -> Iterator[KeptRow]:
        """By key, byte for byte, some thousands read at a time. Nobody may write meanwhile."""
        after = ""
        while True:
            rows = self._database.all(
                KeptRow,
                "SELECT key, target_id, written, parents, digest, is_ours, at FROM activation_rows "
                "WHERE activation = %(activation)s AND key > %(after)s ORDER BY key LIMIT %(page)s",
                {"activation": activation, "after": after, "page": _PAGE},
            )
            yield from rows
            if len(rows) < _PAGE:
                return
            after = rows[-1].key

    def find(self, activation: str, keys: Sequence[str]) -> dict[str, KeptRow]:
        rows = self._database.all(
            KeptRow,
            "SELECT key, target_id, written, parents, digest, is_ours, at FROM activation_rows "
            "WHERE activation = %(activation)s AND key = ANY(%(keys)s)",
            {"activation": activation, "keys": list(keys)},
        )
        return {row.key: row for row in rows}

    def keep(self, activation: str, rows: Sequence[KeptRow]) -> None:
        """In place of what was kept of the same keys; a record of ours stays one. All by one statement: some
        thousands at most."""
        kept = {row.key: row for row in rows}.values()
        self._database.run(
            "INSERT INTO activation_rows "
            "(activation, key, target_id, written, parents, digest, is_ours, at) "
            "SELECT %(activation)s, key, target_id, written::jsonb, parents::jsonb, digest, is_ours, at "
            "FROM unnest(%(key)s::text[], %(target_id)s::text[], %(written)s::text[], "
            "%(parents)s::text[], %(digest)s::bytea[], %(is_ours)s::boolean[], %(at)s::timestamptz[]) "
            "AS s (key, target_id, written, parents, digest, is_ours, at) "
            "ON CONFLICT (activation, key) DO UPDATE SET target_id = excluded.target_id, "
            "written = excluded.written, parents = excluded.parents, digest = excluded.digest, "
            "is_ours = excluded.is_ours OR (activation_rows.is_ours "
            "AND activation_rows.target_id = excluded.target_id), at = excluded.at",
            {
                "activation": activation,
                "key": [row.key for row in kept],
                "target_id": [row.target_id for row in kept],
                "written": [json.dumps(row.written) for row in kept],
                "parents": [json.dumps(row.parents) for row in kept],
                "digest": [row.digest for row in kept],
                "is_ours": [row.is_ours for row in kept],
                "at": [row.at for row in kept],
            },
        )

    def forget(self, activation: str, keys: Sequence[str]) -> int:
        return self._database.run(
            "DELETE FROM activation_rows WHERE activation = %(activation)s AND key = ANY(%(keys)s)",
            {"activation": activation, "keys": list(keys)},
        )

    def forget_all(self, activation: str) -> int:
        return self._database.run(
            "DELETE FROM activation_rows WHERE activation = %(activation)s", {"activation": activation}
        )

    def rename(self, activation: str, keys: Sequence[tuple[str, str]]) -> None:
        """Old keys and new ones, of the same records; what is kept of a new one already stays."""
        with self._database.transaction() as connection, connection.cursor() as cursor:
            cursor.executemany(
                "UPDATE activation_rows SET key = %s WHERE activation = %s AND key = %s AND NOT EXISTS "
                "(SELECT 1 FROM activation_rows AS other WHERE other.activation = %s AND other.key = %s)",
                [(new, activation, old, activation, new) for old, new in keys],
            )
            self.forget(activation, [old for old, _ in keys])
