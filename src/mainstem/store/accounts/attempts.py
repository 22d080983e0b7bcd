"""Attempts to log in, counted by subject: a hash of an account's name, or of an address.

An attempt is written down before the password is looked at, so that many at once get no further than many
in a row.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mainstem.store.table import Table

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from mainstem.store.database import Database

TABLE = Table(
    "login_attempts",
    {"id": "uuid", "subject": "bytea", "at": "timestamp with time zone"},
)


@dataclass(frozen=True)
class _Count:
    attempts: int


class Attempts:
    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, limits: Mapping[bytes, int], at: datetime, since: datetime) -> uuid.UUID | None:
        """Write an attempt down for every subject of `limits`, and forget all older than `since`.

        None, and nothing is written, when a subject has reached its limit of attempts since then.
        """
        with self._database.transaction() as connection:
            for subject in sorted(limits):  # one order for all, or two attempts could wait for each other
                number = int.from_bytes(subject[:8], "big", signed=True)
                connection.execute("SELECT pg_advisory_xact_lock(%s)", (number,))
            self._database.run("DELETE FROM login_attempts WHERE at < %(since)s", {"since": since})
            if any(self._count(subject) >= limit for subject, limit in limits.items()):
                return None
            attempt = uuid.uuid4()
            for subject in limits:
                self._database.run(
                    "INSERT INTO login_attempts (id, subject, at) VALUES (%(id)s, %(subject)s, %(at)s)",
                    {"id": attempt, "subject": subject, "at": at},
                )
            return attempt

    def succeeded(self, attempt: uuid.UUID, account: bytes) -> None:
        """Take back what `begin` wrote down, and all that was held against the account before."""
        self._database.run(
            "DELETE FROM login_attempts WHERE id = %(id)s OR subject = %(account)s",
            {"id": attempt, "account": account},
        )

    def _count(self, subject: bytes) -> int:
        counted = self._database.one(
            _Count,
            "SELECT count(*) AS attempts FROM login_attempts WHERE subject = %(subject)s",
            {"subject": subject},
        )
        return counted.attempts if counted else 0
