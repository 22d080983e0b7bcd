"""One process at a time does a thing of a name: a lock that Postgres gives back however its holder died."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, ClassVar

import psycopg

from mainstem.errors import StoreUnavailable, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.config import PostgresAddress


class Fence:
    """Held on a connection of its own, for as long as the thing takes."""

    group: ClassVar[int]
    """Four letters in ASCII: locks of two numbers are apart from those of one."""
    taken: ClassVar[str]
    """What is said when another process holds it; `{}` is the name."""

    def __init__(self, database: PostgresAddress) -> None:
        self._database = database

    @contextmanager
    def held(self, name: str) -> Iterator[None]:
        """Raises UsageError when another process holds it, StoreUnavailable."""
        number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], signed=True)
        try:
            connection = psycopg.connect(**self._database.libpq(), autocommit=True)
        except psycopg.OperationalError as e:
            raise StoreUnavailable(f"the database mainstem does not answer: {e}") from e
        with connection:
            row = connection.execute("SELECT pg_try_advisory_lock(%s, %s)", (self.group, number)).fetchone()
            if row != (True,):
                raise UsageError(self.taken.format(name))
            yield
