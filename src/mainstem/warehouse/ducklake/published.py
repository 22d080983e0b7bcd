"""The lake as it was last published, for everyone who only reads.

One DuckDB instance serves one snapshot and sees nothing later; a new publication gets a new instance, and
the old one is closed when its last query has ended. A query never sees two publications, and no writer.
While it cannot be known what is published, what was known last is served.
"""

from __future__ import annotations

import logging
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mainstem.errors import MainstemError, NothingPublished, UsageError
from mainstem.warehouse.capabilities import Capabilities
from mainstem.warehouse.contract import ColumnType, Transaction, Warehouse
from mainstem.warehouse.ducklake.connection import CATALOG_NAME, open_lake
from mainstem.warehouse.ducklake.lake import read_columns, run_select, stream_select
from mainstem.warehouse.stamped import Stamped
from mainstem.warehouse.streaming import Streaming

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    import duckdb
    import pyarrow as pa

    from mainstem.warehouse.ducklake.connection import LakeLocation

logger = logging.getLogger(__name__)

_PAUSE_SECONDS = 1.0
"""After a publication could not be opened; meanwhile queries go on with the one before, at no cost."""


class PublishedLake(Warehouse, Stamped, Streaming):
    """Reads whatever `published` says, asked before every query; it must answer fast.

    Two instances are open while a publication gives way to the next, each within the location's
    `memory_limit`.
    """

    capabilities = Capabilities(provider="ducklake", dialect="duckdb", catalog=CATALOG_NAME)

    def __init__(self, location: LakeLocation, published: Callable[[], int | None]) -> None:
        """`published` gives the snapshot to serve, None before the first; it raises when it does not
        know."""
        self._location = location
        self._published = published
        self._serving: _Instance | None = None
        self._guard = threading.Lock()
        self._turning = threading.Lock()
        self._closed = False
        self._try_again_at = 0.0

    @property
    def snapshot(self) -> int | None:
        """The one that is served now; None before the first query found one."""
        serving = self._serving
        return serving.snapshot if serving else None

    def stamp(self) -> str:
        """Raises NothingPublished too, before the first publication."""
        self._keep_up()
        if self.snapshot is None:
            raise NothingPublished
        return str(self.snapshot)

    def columns(self, namespace: str) -> Mapping[str, Mapping[str, ColumnType]]:
        with self._leased() as connection:
            return read_columns(connection, self._location.catalog, namespace)

    def transaction(self, message: str, *, ddl: bool = False) -> AbstractContextManager[Transaction]:
        raise UsageError(f"{message}: what is published is only read; write to the lake itself")

    def query(self, sql: str, parameters: Sequence[object] = ()) -> pa.Table:
        """Raises NothingPublished too, before the first publication."""
        with self._leased() as connection:
            return run_select(connection, self._location.catalog, sql, parameters)

    @contextmanager
    def stream(self, sql: str) -> Iterator[Iterator[pa.RecordBatch]]:
        with self._leased() as connection, stream_select(connection, self._location.catalog, sql) as batches:
            yield batches

    def close(self) -> None:
        """Queries in flight are finished first, each in its own thread."""
        with self._turning:
            self._closed = True
            self._replace(None)

    @contextmanager
    def _leased(self) -> Iterator[duckdb.DuckDBPyConnection]:
        self._keep_up()
        with self._guard:
            instance = self._serving
            if instance is None:
                raise NothingPublished
            instance.users += 1
        try:
            yield instance.connection
        finally:
            with self._guard:
                instance.users -= 1
                last = instance.retired and instance.users == 0
            if last:
                instance.connection.close()

    def _keep_up(self) -> None:
        """Serve what is published now. One thread turns over; the others go on with what there is."""
        if not self._turning.acquire(blocking=self._serving is None):
            return
        try:
            if self._serving is None or time.monotonic() >= self._try_again_at:
                self._turn_over()
        except MainstemError as e:
            if self._serving is None:
                raise
            self._try_again_at = time.monotonic() + _PAUSE_SECONDS
            logger.warning("snapshot %s is served on: %s", self._serving.snapshot, e)
        finally:
            self._turning.release()

    def _turn_over(self) -> None:
        if self._closed:
            raise UsageError("this warehouse has been closed")
        snapshot = self._published()
        if snapshot is None or snapshot == self.snapshot:
            return
        connection = open_lake(self._location, read_only=True, snapshot=snapshot)
        self._replace(_Instance(snapshot, connection))
        logger.info("serving snapshot %s", snapshot)

    def _replace(self, successor: _Instance | None) -> None:
        with self._guard:
            old, self._serving = self._serving, successor
            if old is None:
                return
            old.retired = True
            idle = old.users == 0
        if idle:
            old.connection.close()


class _Instance:
    """One DuckDB on one snapshot. `users` and `retired` change under the lake's guard alone."""

    def __init__(self, snapshot: int, connection: duckdb.DuckDBPyConnection) -> None:
        self.snapshot = snapshot
        self.connection = connection
        self.users = 0
        self.retired = False
