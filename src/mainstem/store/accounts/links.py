"""One-time links: whoever opens one first is let in as its user, or sets its user's password; then it is
spent. A new one for a user ends the older ones."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mainstem.store.table import Table

if TYPE_CHECKING:
    from datetime import datetime

    from mainstem.store.database import Database

TABLE = Table(
    "one_time_links",
    {
        "id": "uuid",
        "user_id": "uuid",
        "token_hash": "bytea",
        "purpose": "text",
        "created_at": "timestamp with time zone",
        "expires_at": "timestamp with time zone",
        "used_at": "timestamp with time zone?",
    },
)


@dataclass(frozen=True)
class Link:
    user_id: uuid.UUID
    purpose: str
    """`password` or `login`."""
    expires_at: datetime


class Links:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self, user_id: uuid.UUID, token_hash: bytes, purpose: str, at: datetime, expires_at: datetime
    ) -> None:
        with self._database.transaction():
            self._database.run("DELETE FROM one_time_links WHERE user_id = %(user)s", {"user": user_id})
            self._database.run(
                """INSERT INTO one_time_links (id, user_id, token_hash, purpose, created_at, expires_at)
                VALUES (%(id)s, %(user)s, %(hash)s, %(purpose)s, %(at)s, %(expires)s)""",
                {
                    "id": uuid.uuid4(),
                    "user": user_id,
                    "hash": token_hash,
                    "purpose": purpose,
                    "at": at,
                    "expires": expires_at,
                },
            )

    def find(self, token_hash: bytes, at: datetime) -> Link | None:
        """The link, unless it is spent or has expired. It stays as it is."""
        return self._database.one(
            Link,
            """SELECT user_id, purpose, expires_at FROM one_time_links
            WHERE token_hash = %(hash)s AND used_at IS NULL AND expires_at > %(at)s""",
            {"hash": token_hash, "at": at},
        )

    def spend(self, token_hash: bytes, at: datetime) -> Link | None:
        """The link for the one caller who is first; None for every later one, and for an expired one."""
        return self._database.one(
            Link,
            """UPDATE one_time_links SET used_at = %(at)s
            WHERE token_hash = %(hash)s AND used_at IS NULL AND expires_at > %(at)s
            RETURNING user_id, purpose, expires_at""",
            {"hash": token_hash, "at": at},
        )
