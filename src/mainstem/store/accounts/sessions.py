"""Sessions of browsers, found by the hash of the token in their cookie."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mainstem.store.table import Table

if TYPE_CHECKING:
    from datetime import datetime

    from mainstem.store.database import Database

TABLE = Table(
    "sessions",
    {
        "id": "uuid",
        "user_id": "uuid",
        "token_hash": "bytea",
        "created_at": "timestamp with time zone",
        "last_seen_at": "timestamp with time zone",
        "expires_at": "timestamp with time zone",
        "address": "text",
        "user_agent": "text",
        "seen_as": "uuid?",
    },
)


@dataclass(frozen=True)
class Session:
    id: uuid.UUID
    user_id: uuid.UUID
    created_at: datetime
    last_seen_at: datetime
    """To the minute: not every request is written down."""
    expires_at: datetime
    address: str
    """Where the login came from."""
    user_agent: str
    seen_as: uuid.UUID | None
    """The user as whom an administrator looks at pages; None: as themself."""


class Sessions:
    def __init__(self, database: Database) -> None:
        self._database = database

    def start(
        self,
        user_id: uuid.UUID,
        token_hash: bytes,
        at: datetime,
        expires_at: datetime,
        address: str,
        user_agent: str,
    ) -> None:
        """A session of `user_id`. Everybody's expired ones are forgotten on the way."""
        with self._database.transaction():
            self._database.run("DELETE FROM sessions WHERE expires_at <= %(at)s", {"at": at})
            self._database.run(
                """INSERT INTO sessions
                (id, user_id, token_hash, created_at, last_seen_at, expires_at, address, user_agent) VALUES
                (%(id)s, %(user)s, %(hash)s, %(at)s, %(at)s, %(expires)s, %(address)s, %(agent)s)""",
                {
                    "id": uuid.uuid4(),
                    "user": user_id,
                    "hash": token_hash,
                    "at": at,
                    "expires": expires_at,
                    "address": address,
                    "agent": user_agent,
                },
            )

    def find(self, token_hash: bytes, at: datetime, idle_since: datetime) -> Session | None:
        """The session, unless it has expired or was last seen before `idle_since`."""
        return self._database.one(
            Session,
            """SELECT id, user_id, created_at, last_seen_at, expires_at, address, user_agent, seen_as
            FROM sessions
            WHERE token_hash = %(hash)s AND expires_at > %(at)s AND last_seen_at > %(idle)s""",
            {"hash": token_hash, "at": at, "idle": idle_since},
        )

    def seen(self, session_id: uuid.UUID, at: datetime) -> None:
        self._database.run(
            "UPDATE sessions SET last_seen_at = %(at)s WHERE id = %(id)s AND last_seen_at < %(at)s",
            {"id": session_id, "at": at},
        )

    def see_as(self, session_id: uuid.UUID, user_id: uuid.UUID | None) -> None:
        """None: as the session's own user again."""
        self._database.run(
            "UPDATE sessions SET seen_as = %(as)s WHERE id = %(id)s", {"as": user_id, "id": session_id}
        )

    def of_user(self, user_id: uuid.UUID, at: datetime, idle_since: datetime) -> list[Session]:
        """Those that let somebody in at `at`, the last seen first."""
        return self._database.all(
            Session,
            """SELECT id, user_id, created_at, last_seen_at, expires_at, address, user_agent, seen_as
            FROM sessions
            WHERE user_id = %(user)s AND expires_at > %(at)s AND last_seen_at > %(idle)s
            ORDER BY last_seen_at DESC, id""",
            {"user": user_id, "at": at, "idle": idle_since},
        )

    def end(self, session_id: uuid.UUID, user_id: uuid.UUID) -> bool:
        """Whether there was such a session of that user."""
        sql = "DELETE FROM sessions WHERE id = %(id)s AND user_id = %(user)s"
        return self._database.run(sql, {"id": session_id, "user": user_id}) > 0

    def end_all(self, user_id: uuid.UUID, but: uuid.UUID | None = None) -> int:
        """How many sessions of the user were ended; the session `but` goes on."""
        sql = "DELETE FROM sessions WHERE user_id = %(user)s AND id IS DISTINCT FROM %(but)s::uuid"
        return self._database.run(sql, {"user": user_id, "but": but})
