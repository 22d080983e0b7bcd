"""Hear at once that somebody wrote what a runner must look at: LISTEN on a connection of its own."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from mainstem.errors import StoreUnavailable
from mainstem.store.runs.writing import CHANNEL

if TYPE_CHECKING:
    from mainstem.config import PostgresAddress


class Bell:
    """One thread's. What was rung while there was no connection is not heard: look at everything then."""

    def __init__(self, address: PostgresAddress, name: str) -> None:
        self._address = address
        self._name = name
        self._connection: psycopg.Connection | None = None

    def connect(self) -> bool:
        """Whether a new connection was made: something may have been missed. Raises StoreUnavailable."""
        if self._connection is not None:
            return False
        try:
            self._connection = psycopg.connect(
                **self._address.libpq(), autocommit=True, connect_timeout=5, application_name=self._name
            )
            self._connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(CHANNEL)))
        except psycopg.OperationalError as e:
            self.close()
            raise StoreUnavailable(f"the database mainstem does not answer: {e}") from e
        return True

    def fileno(self) -> int | None:
        """To poll for; None without a connection."""
        return None if self._connection is None else self._connection.fileno()

    def heard(self) -> bool:
        """Whether it rang, or was lost. Called when the descriptor is readable."""
        if self._connection is None:
            return True
        try:
            return bool(list(self._connection.notifies(timeout=0)))
        except psycopg.OperationalError:
            self.close()
            return True

    def close(self) -> None:
        if self._connection is not None:
            with suppress(psycopg.Error):
                self._connection.close()
            self._connection = None
