"""Reading another database beside one's own, in one engine: an optional power of a warehouse.

What is compared or copied then never passes through Python. It only reads: the other database is somebody
else's.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mainstem.warehouse.contract import Warehouse

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from mainstem.config import PostgresAddress


@dataclass(frozen=True)
class PostgresDatabase:
    """A database of a Postgres server."""

    address: PostgresAddress

    def __str__(self) -> str:
        return f"{self.address.host}:{self.address.port}/{self.address.database}"


@dataclass(frozen=True)
class DuckDBFile:
    """A file of DuckDB's own."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)


@dataclass(frozen=True)
class ParquetFolder:
    """A table each: `<table>.parquet`, or every Parquet file below `<table>/`. A folder with the name of a
    schema holds that schema's tables; other tables stand in every schema that is asked for."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)


OtherDatabase = PostgresDatabase | DuckDBFile | ParquetFolder


@dataclass(frozen=True)
class OtherTable:
    """A table of the other database."""

    qualified: str
    """Its name in SQL, quoted."""
    columns: Mapping[str, str]
    """The engine's own type of each column."""


class AttachingWarehouse(Warehouse):
    """A warehouse whose `query` can read another database too."""

    @abstractmethod
    def attached(
        self, database: OtherDatabase, schema: str
    ) -> AbstractContextManager[Mapping[str, OtherTable]]:
        """The tables and views of a schema of `database`, by name, for as long as the block runs.

        An unknown schema has none. Raises EnvironmentFailure when the database cannot be read.
        """
