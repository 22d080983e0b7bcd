"""Locks on the lake, kept by Postgres: the one that every change of structure goes through (loader, dbt,
publishing, upkeep), and the fence that lets one loader in at a time.

Postgres grants advisory locks in the order they were asked for, so nobody starves, and gives one back as
soon as its holder's connection is gone, however the holder died.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import psycopg

from mainstem.errors import EnvironmentFailure, WarehouseBusy

if TYPE_CHECKING:
    from types import TracebackType

    from mainstem.config import PostgresAddress

_STRUCTURE = 0x6D61696E7374656D  # "mainstem" in ASCII; advisory locks are numbers
_LOADER = _STRUCTURE + 1


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
                self._connected().execute("SELECT pg_advisory_lock(%s)", (_STRUCTURE,))
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
                self._connection.execute("SELECT pg_advisory_unlock(%s)", (_STRUCTURE,))
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


class LoaderFence:
    """Held by the one process that may load events into a lake, from `ensure` until it ends.

    Two loaders that read the same offsets would both commit them, because appends do not conflict.
    """

    def __init__(self, catalog: PostgresAddress) -> None:
        self._catalog = catalog
        self._connection: psycopg.Connection | None = None

    def ensure(self) -> bool:
        """Take the fence, or make sure that it is still ours.

        True when it was taken just now: another loader may have been at work, so whatever was known of the
        warehouse before may have changed. Raises EnvironmentFailure when another process has it,
        WarehouseBusy when Postgres is away.
        """
        try:
            if self._connection is not None:
                self._connection.execute("SELECT 1")
                return False
        except psycopg.OperationalError:  # Postgres was restarted and has forgotten us
            self.close()
        try:
            self._connection = psycopg.connect(**self._catalog.libpq(), autocommit=True)  # type: ignore[arg-type] # libpq's keywords are text and numbers
            row = self._connection.execute("SELECT pg_try_advisory_lock(%s)", (_LOADER,)).fetchone()
        except psycopg.OperationalError as e:
            self.close()
            raise WarehouseBusy(f"the loader's fence cannot be had: {e}") from e
        if row != (True,):
            self.close()
            raise EnvironmentFailure("another loader is at work on this warehouse; only one may be")
        return True

    def close(self) -> None:
        """Give it up. Safe to call twice."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
