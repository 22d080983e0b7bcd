"""Users: added, given a role and a password, disabled; never deleted, so that the audit log stays true."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mainstem.store.table import Table

if TYPE_CHECKING:
    from datetime import datetime

    from mainstem.store.database import Database

TABLE = Table(
    "users",
    {
        "id": "uuid",
        "login": "text",
        "role": "text",
        "password_hash": "text?",
        "created_at": "timestamp with time zone",
        "last_login_at": "timestamp with time zone?",
        "disabled_at": "timestamp with time zone?",
    },
)


@dataclass(frozen=True)
class User:
    """All about a user but the password's hash."""

    id: uuid.UUID
    login: str
    """As it was first written; found in any case."""
    role: str
    has_password: bool
    created_at: datetime
    last_login_at: datetime | None
    disabled_at: datetime | None


@dataclass(frozen=True)
class _Hash:
    password_hash: str | None


class Users:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, login: str, role: str, at: datetime) -> User | None:
        """A new user without a password; None when there is one of that login."""
        return self._database.one(
            User,
            """INSERT INTO users (id, login, role, created_at) VALUES (%(id)s, %(login)s, %(role)s, %(at)s)
            ON CONFLICT (lower(login)) DO NOTHING
            RETURNING id, login, role, false AS has_password, created_at, last_login_at, disabled_at""",
            {"id": uuid.uuid4(), "login": login, "role": role, "at": at},
        )

    def all(self) -> list[User]:
        """Every user, by login."""
        return self._database.all(
            User,
            """SELECT id, login, role, password_hash IS NOT NULL AS has_password, created_at, last_login_at,
            disabled_at FROM users ORDER BY lower(login)""",
            {},
        )

    def by_id(self, user_id: uuid.UUID) -> User | None:
        return self._database.one(
            User,
            """SELECT id, login, role, password_hash IS NOT NULL AS has_password, created_at, last_login_at,
            disabled_at FROM users WHERE id = %(id)s""",
            {"id": user_id},
        )

    def by_login(self, login: str) -> User | None:
        return self._database.one(
            User,
            """SELECT id, login, role, password_hash IS NOT NULL AS has_password, created_at, last_login_at,
            disabled_at FROM users WHERE lower(login) = lower(%(login)s)""",
            {"login": login},
        )

    def password_hash(self, user_id: uuid.UUID) -> str | None:
        """None for a user without a password, and where there is no such user."""
        found = self._database.one(
            _Hash, "SELECT password_hash FROM users WHERE id = %(id)s", {"id": user_id}
        )
        return found.password_hash if found else None

    def set_password(self, user_id: uuid.UUID, password_hash: str) -> None:
        self._database.run(
            "UPDATE users SET password_hash = %(hash)s WHERE id = %(id)s",
            {"id": user_id, "hash": password_hash},
        )

    def set_role(self, user_id: uuid.UUID, role: str) -> None:
        self._database.run(
            "UPDATE users SET role = %(role)s WHERE id = %(id)s", {"id": user_id, "role": role}
        )

    def set_disabled(self, user_id: uuid.UUID, at: datetime | None) -> None:
        """From `at` on nothing of theirs lets anybody in; None lets them in again."""
        self._database.run(
            "UPDATE users SET disabled_at = %(at)s WHERE id = %(id)s", {"id": user_id, "at": at}
        )

    def logged_in(self, user_id: uuid.UUID, at: datetime) -> None:
        self._database.run(
            "UPDATE users SET last_login_at = %(at)s WHERE id = %(id)s", {"id": user_id, "at": at}
        )
