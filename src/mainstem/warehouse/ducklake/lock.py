"""Locks on the lake, kept by Postgres: the one that every change of structure goes through (loader, dbt,
publishing, upkeep), the turns that loader and upkeep take, and the fences that let one of each in.

Postgres grants advisory locks in the order they were asked for, so nobody starves, and gives one back as
soon as its holder's connection is gone, however the holder died.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import psycopg

from mainstem.errors import EnvironmentFailure, WarehouseBusy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from mainstem.config import PostgresAddress

_STRUCTURE = 0x6D61696E7374656D  # "mainstem" in ASCII; advisory locks are numbers
_LOADER = _STRUCTURE + 1
_TURN = _STRUCTURE + 4  # after those of the migrations and the roles
_UPKEEP = _STRUCTURE + 5
_BUILD = _STRUCTURE + 7  # after that of those who write about runs


class StructureLock:
    """Held between `acquire` and `release`, or in a `with` block. Threads of one process wait too."""

    _NUMBER = _STRUCTURE

    def __init__(self, catalog: PostgresAddress, *, patience_s: float | None = None) -> None:
        """`patience_s` is how long to wait for the lock; None is as long as it takes."""
        self._catalog = catalog
        self._patience_s = patience_s
        self._connection: psycopg.Connection | None = None
        self._thread = threading.Lock()

    def acquire(self) -> None:
        """Wait for the lock. Raises WarehouseBusy when Postgres cannot be reached, or patience has ended."""
        self._thread.acquire()
        for attempt in (1, 2):  # the second with a fresh connection: Postgres may have been restarted
            try:
                self._connected().execute("SELECT pg_advisory_lock(%s)", (self._NUMBER,))
                return
            except psycopg.OperationalError as e:
                self.close()
                if attempt == 2 or isinstance(e, psycopg.errors.LockNotAvailable):
                    self._thread.release()
                    raise WarehouseBusy(f"the lake's lock cannot be had: {e}") from e

    def release(self) -> None:
        """Give it up. A connection that broke meanwhile has given it up already."""
        try:
            if self._connection is not None:
                self._connection.execute("SELECT pg_advisory_unlock(%s)", (self._NUMBER,))
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
            self._connection = psycopg.connect(**self._catalog.libpq(), autocommit=True)
            if self._patience_s is not None:
                patience = f"{round(self._patience_s * 1000)}ms"
                self._connection.execute("SELECT set_config('lock_timeout', %s, false)", (patience,))
        return self._connection


class UpkeepTurn(StructureLock):
    """Held while files are changed that the loader deletes rows of: its transactions and these take turns."""

    _NUMBER = _TURN


class BuildTurn(StructureLock):
    """Held during a whole build: what one left behind, and its record, are there before the next begins."""

    _NUMBER = _BUILD


class _Fence:
    """Held by one process at a time, from `ensure` until it ends."""

    _NUMBER: int
    _TAKEN: str

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
            self._connection = psycopg.connect(**self._catalog.libpq(), autocommit=True)
            row = self._connection.execute("SELECT pg_try_advisory_lock(%s)", (self._NUMBER,)).fetchone()
        except psycopg.OperationalError as e:
            self.close()
            raise WarehouseBusy(f"the fence around the lake cannot be had: {e}") from e
        if row != (True,):
            self.close()
            raise EnvironmentFailure(self._TAKEN)
        return True

    def close(self) -> None:
        """Give it up. Safe to call twice."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class LoaderFence(_Fence):
    """Held by the one process that may load events into a lake.

    Two loaders that read the same offsets would both commit them, because appends do not conflict.
    """

    _NUMBER = _LOADER
    _TAKEN = "another loader is at work on this warehouse; only one may be"

    @contextmanager
    def turn(self) -> Iterator[None]:
        """No upkeep changes the files of a table that the loader deletes from while the block runs.

        Raises WarehouseBusy when Postgres is away. One round trip before and one after.
        """
        try:
            self._held().execute("SELECT pg_advisory_lock_shared(%s)", (_TURN,))
        except psycopg.OperationalError as e:
            self.close()
            raise WarehouseBusy(f"the loader's turn cannot be had: {e}") from e
        try:
            yield
        finally:
            with suppress(psycopg.OperationalError, WarehouseBusy):  # a lost connection has given it up
                self._held().execute("SELECT pg_advisory_unlock_shared(%s)", (_TURN,))

    def _held(self) -> psycopg.Connection:
        if self._connection is None:
            raise WarehouseBusy("the loader's fence is not held")
        return self._connection


class UpkeepFence(_Fence):
    """Held by the one process that looks after a lake: two would count each other's work as theirs."""

    _NUMBER = _UPKEEP
    _TAKEN = "another upkeep is at work on this warehouse; only one may be"
