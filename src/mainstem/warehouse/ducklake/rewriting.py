"""The lake, for a process that rewrites tables beside a running loader."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, cast

from mainstem.warehouse.ducklake.connection import CATALOG_NAME
from mainstem.warehouse.ducklake.lake import DuckLake
from mainstem.warehouse.ducklake.lock import UpkeepTurn
from mainstem.warehouse.ducklake.transaction import LakeTransaction
from mainstem.warehouse.rewriting import RewritingTransaction, RewritingWarehouse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime

    from mainstem.config import PostgresAddress
    from mainstem.warehouse.contract import TableName
    from mainstem.warehouse.ducklake.connection import LakeLocation
    from mainstem.warehouse.ducklake.lock import LoaderFence

_NAMESPACES = "SELECT schema_name FROM duckdb_schemas() WHERE database_name = ? ORDER BY schema_name"


class LakeRewriting(LakeTransaction, RewritingTransaction):
    """The same transaction, with the power to rewrite."""

    @classmethod
    def of(cls, transaction: LakeTransaction) -> LakeRewriting:
        return cls(
            transaction._cursor, transaction._capabilities, transaction._files, may_change_structure=True
        )

    def drop_table(self, name: TableName) -> None:
        self._cursor.execute(f"DROP TABLE {self._table(name)}")

    def drop_namespace(self, namespace: str) -> None:
        name = ".".join(map(self._capabilities.quoted, (self._capabilities.catalog or "", namespace)))
        self._cursor.execute(f"DROP SCHEMA IF EXISTS {name} CASCADE")

    def delete_between(
        self, name: TableName, column: str, begin: datetime | None, end: datetime | None
    ) -> int:
        quoted = self._capabilities.quoted(column)
        bounds = [(f"{quoted} >= ?", begin), (f"{quoted} < ?", end)]
        given = [(sql, moment) for sql, moment in bounds if moment is not None]
        where = " AND ".join(sql for sql, _ in given) or "true"
        deleted = self._cursor.execute(
            f"DELETE FROM {self._table(name)} WHERE {where}",  # noqa: S608 # names are quoted
            [moment for _, moment in given],
        ).fetchone()
        return int(deleted[0]) if deleted else 0

    def copy(self, source: TableName, target: TableName, columns: Sequence[str]) -> None:
        names = ", ".join(map(self._capabilities.quoted, columns))
        self._cursor.execute(
            f"INSERT INTO {self._table(target)} ({names}) SELECT {names} FROM {self._table(source)}"  # noqa: S608 # names are quoted
        )


class _Turns:
    """In the place of a loader's fence: it is no loader, and takes the turn from it where that is wanted."""

    def __init__(self, catalog: PostgresAddress) -> None:
        self._turn = UpkeepTurn(catalog)
        self.wanted = False

    def ensure(self) -> bool:
        return False

    def turn(self) -> AbstractContextManager[object]:
        return self._turn if self.wanted else nullcontext()

    def close(self) -> None:
        self._turn.close()


class RewritingLake(DuckLake, RewritingWarehouse):
    """For one thread. Its other transactions go beside the loader's."""

    def __init__(self, location: LakeLocation) -> None:
        self._turns = _Turns(location.catalog)
        super().__init__(location, fence=cast("LoaderFence", self._turns))

    def namespaces(self) -> tuple[str, ...]:
        return tuple(self.query(_NAMESPACES, (CATALOG_NAME,)).column(0).to_pylist())

    @contextmanager
    def rewriting(self, message: str) -> Iterator[RewritingTransaction]:
        self._turns.wanted = True
        try:
            with self.transaction(message, ddl=True) as transaction:
                yield LakeRewriting.of(cast(LakeTransaction, transaction))
        finally:
            self._turns.wanted = False

    def close(self) -> None:
        self._turns.close()
        super().close()
