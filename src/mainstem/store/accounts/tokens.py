"""API tokens: programs come in with one, as their owner, with the token's role at most."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mainstem.store.table import Table

if TYPE_CHECKING:
    from datetime import datetime

    from mainstem.store.database import Database

TABLE = Table(
    "api_tokens",
    {
        "id": "uuid",
        "user_id": "uuid",
        "name": "text",
        "token_hash": "bytea",
        "role": "text",
        "created_at": "timestamp with time zone",
        "expires_at": "timestamp with time zone?",
        "last_used_at": "timestamp with time zone?",
        "revoked_at": "timestamp with time zone?",
    },
)


@dataclass(frozen=True)
class Token:
    id: uuid.UUID
    user_id: uuid.UUID
    name: str
    role: str
    created_at: datetime
    expires_at: datetime | None
    """None: it lasts until it is revoked."""
    last_used_at: datetime | None
    """To the minute: not every request is written down."""


class Tokens:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self,
        user_id: uuid.UUID,
        name: str,
        token_hash: bytes,
        role: str,
        at: datetime,
        expires_at: datetime | None,
    ) -> uuid.UUID:
        """The new token's id."""
        token_id = uuid.uuid4()
        self._database.run(
            """INSERT INTO api_tokens (id, user_id, name, token_hash, role, created_at, expires_at)
            VALUES (%(id)s, %(user)s, %(name)s, %(hash)s, %(role)s, %(at)s, %(expires)s)""",
            {
                "id": token_id,
                "user": user_id,
                "name": name,
                "hash": token_hash,
                "role": role,
                "at": at,
                "expires": expires_at,
            },
        )
        return token_id

    def find(self, token_hash: bytes, at: datetime) -> Token | None:
        """The token, unless it has expired or was revoked."""
        return self._database.one(
            Token,
            """SELECT id, user_id, name, role, created_at, expires_at, last_used_at FROM api_tokens
            WHERE token_hash = %(hash)s AND revoked_at IS NULL
            AND (expires_at IS NULL OR expires_at > %(at)s)""",
            {"hash": token_hash, "at": at},
        )

    def used(self, token_id: uuid.UUID, at: datetime) -> None:
        self._database.run(
            "UPDATE api_tokens SET last_used_at = %(at)s WHERE id = %(id)s", {"id": token_id, "at": at}
        )

    def of_user(self, user_id: uuid.UUID, at: datetime) -> list[Token]:
        """Those that let somebody in at `at`, the newest first."""
        return self._database.all(
            Token,
            """SELECT id, user_id, name, role, created_at, expires_at, last_used_at FROM api_tokens
            WHERE user_id = %(user)s AND revoked_at IS NULL
            AND (expires_at IS NULL OR expires_at > %(at)s) ORDER BY created_at DESC, id""",
            {"user": user_id, "at": at},
        )

    def revoke(self, token_id: uuid.UUID, user_id: uuid.UUID, at: datetime) -> bool:
        """Whether there was such a token of that user, not revoked before."""
        sql = (
            "UPDATE api_tokens SET revoked_at = %(at)s "
            "WHERE id = %(id)s AND user_id = %(user)s AND revoked_at IS NULL"
        )
        return self._database.run(sql, {"id": token_id, "user": user_id, "at": at}) > 0
