"""What a user is to LookML: values of their attributes, and their groups with what these open and give."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mainstem.store.table import Table

if TYPE_CHECKING:
    import uuid

    from mainstem.store.database import Database

TABLE = Table("user_attributes", {"user_id": "uuid", "name": "text", "chosen": "boolean", "value": "text"})


@dataclass(frozen=True)
class Membership:
    """A group somebody is in."""

    id: uuid.UUID
    name: str
    everybody: bool
    models: list[str] | None
    """Those it opens; None: every one."""
    values: dict[str, str]


@dataclass(frozen=True)
class Standing:
    given: dict[str, str]
    """By administrators."""
    chosen: dict[str, str]
    """By the user themself."""
    groups: tuple[Membership, ...]
    """In their order, the one of everybody last."""


@dataclass(frozen=True)
class _Value:
    name: str
    chosen: bool
    value: str


class Standings:
    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, user_id: uuid.UUID) -> Standing:
        """Two statements: it is asked for at every request."""
        values = self._database.all(
            _Value,
            "SELECT name, chosen, value FROM user_attributes WHERE user_id = %(user)s",
            {"user": user_id},
        )
        groups = self._database.all(
            Membership,
            """SELECT id, name, everybody, models, coalesce(
                (SELECT jsonb_object_agg(a.name, a.value) FROM group_attributes a WHERE a.group_id = g.id),
                '{}') AS "values"
            FROM groups g WHERE everybody
            OR id IN (SELECT group_id FROM group_members WHERE user_id = %(user)s)
            ORDER BY position, name""",
            {"user": user_id},
        )
        return Standing(
            {one.name: one.value for one in values if not one.chosen},
            {one.name: one.value for one in values if one.chosen},
            tuple(groups),
        )

    def set(self, user_id: uuid.UUID, name: str, value: str | None, *, chosen: bool) -> None:
        """None takes the value away."""
        key = {"user": user_id, "name": name, "chosen": chosen}
        if value is None:
            self._database.run(
                """DELETE FROM user_attributes
                WHERE user_id = %(user)s AND name = %(name)s AND chosen = %(chosen)s""",
                key,
            )
            return
        self._database.run(
            """INSERT INTO user_attributes (user_id, name, chosen, value)
            VALUES (%(user)s, %(name)s, %(chosen)s, %(value)s)
            ON CONFLICT (user_id, name, chosen) DO UPDATE SET value = EXCLUDED.value""",
            {**key, "value": value},
        )
