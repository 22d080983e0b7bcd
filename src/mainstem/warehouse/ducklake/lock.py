"""The one lock that every change of the lake's structure goes through: loader, dbt, publishing, upkeep.

Postgres advisory locks are granted in the order they were asked for, so nobody starves, and the server
releases one as soon as its holder's connection is gone, however the holder died.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import psycopg

from mainstem.errors import WarehouseBusy

if TYPE_CHECKING:
    from types import TracebackType

    from mainstem.config import PostgresAddress

_KEY = 0x6D61696E7374656D  # "mainstem" in ASCII; advisory locks are numbers


class StructureLock:
    """Held between `acquire` and `release`, or in a `with` block. Threads of one process wait too."""

    def __init__(self, catalog: PostgresAddress) -> None:
        self._catalog = catalog
        self._connection: psycopg.Connection | None = None
        self._thread = threading.Lock()

    def acquire(self) -> None:
        """Wait for the lock. Raises WarehouseBusy when Postgres cannot be reached."""
        self._thread.acquire()
        for attempt in (1, 2):  # the second with a fresh connection: Postgres may have been restarted
            try:
                self._connected().execute("SELECT pg_advisory_lock(%s)", (_KEY,))
                return
            except psycopg.OperationalError as e:
                self.close()
                if attempt == 2:
                    self._thread.release()
                    raise WarehouseBusy(f"the lake's lock cannot be had: {e}") from e

    def release(self) -> None:
        """Give it up. A connection that broke meanwhile has given it up already."""
        try:
            if self._connection is not None:
                self._connection.execute("SELECT pg_advisory_unlock(%s)", (_KEY,))
        except psycopg.OperationalError:
            self.close()
        finally:
            self._thread.release()

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def __enter__(self) -> StructureLock:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def _connected(self) -> psycopg.Connection:
        if self._connection is None:
            self._connection = psycopg.connect(**self._catalog.libpq(), autocommit=True)  # type: ignore[arg-type] # libpq's keywords are text and numbers
        return self._connection
