"""Groups of users: which models they open, and which values of user attributes they give."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mainstem.store.table import Table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from mainstem.store.database import Database

TABLES = (
    Table(
        "groups",
        {
            "id": "uuid",
            "name": "text",
            "everybody": "boolean",
            "position": "integer",
            "models": "text[]?",
            "created_at": "timestamp with time zone",
        },
    ),
    Table("group_members", {"group_id": "uuid", "user_id": "uuid"}),
    Table("group_attributes", {"group_id": "uuid", "name": "text", "value": "text"}),
)


@dataclass(frozen=True)
class Group:
    id: uuid.UUID
    name: str
    everybody: bool
    """Every user is in it; it is always there, and last."""
    position: int
    """Its place in the order: of two groups that give a value, the first one's counts."""
    models: list[str] | None
    """Those it opens; None: every one."""
    values: dict[str, str]
    members: list[uuid.UUID]
    """Users; none of the group of everybody."""


class Groups:
    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[Group]:
        """In their order."""
        return self._database.all(
            Group,
            """SELECT id, name, everybody, position, models, coalesce(
                (SELECT jsonb_object_agg(a.name, a.value) FROM group_attributes a WHERE a.group_id = g.id),
                '{}') AS "values",
                ARRAY(SELECT user_id FROM group_members m WHERE m.group_id = g.id) AS members
            FROM groups g ORDER BY position, name""",
            {},
        )

    def add(self, name: str, at: datetime) -> uuid.UUID | None:
        """A group that opens nothing, last but for everybody's; None when there is one of that name."""
        group_id = uuid.uuid4()
        added = self._database.run(
            """INSERT INTO groups (id, name, position, models, created_at)
            SELECT %(id)s, %(name)s, coalesce(max(position) FILTER (WHERE NOT everybody), 0) + 1, '{}', %(at)s
            FROM groups ON CONFLICT (lower(name)) DO NOTHING""",
            {"id": group_id, "name": name, "at": at},
        )
        return group_id if added else None

    def remove(self, group_id: uuid.UUID) -> bool:
        """Whether there was such a group, other than everybody's."""
        sql = "DELETE FROM groups WHERE id = %(id)s AND NOT everybody"
        return self._database.run(sql, {"id": group_id}) > 0

    def order(self, group_ids: Sequence[uuid.UUID]) -> None:
        """Groups in that order; everybody's stays last."""
        with self._database.transaction():
            for place, group_id in enumerate(group_ids, 1):
                self._database.run(
                    "UPDATE groups SET position = %(place)s WHERE id = %(id)s AND NOT everybody",
                    {"place": place, "id": group_id},
                )

    def open(self, group_id: uuid.UUID, models: Sequence[str] | None) -> None:
        """From now on it opens these models and no other; None: every one."""
        self._database.run(
            "UPDATE groups SET models = %(models)s WHERE id = %(id)s",
            {"id": group_id, "models": None if models is None else list(models)},
        )

    def join(self, group_id: uuid.UUID, user_id: uuid.UUID) -> None:
        self._database.run(
            """INSERT INTO group_members (group_id, user_id) VALUES (%(group)s, %(user)s)
            ON CONFLICT DO NOTHING""",
            {"group": group_id, "user": user_id},
        )

    def leave(self, group_id: uuid.UUID, user_id: uuid.UUID) -> None:
        self._database.run(
            "DELETE FROM group_members WHERE group_id = %(group)s AND user_id = %(user)s",
            {"group": group_id, "user": user_id},
        )

    def set(self, group_id: uuid.UUID, name: str, value: str | None) -> None:
        """The value it gives; None takes it away."""
        key = {"group": group_id, "name": name}
        if value is None:
            self._database.run(
                "DELETE FROM group_attributes WHERE group_id = %(group)s AND name = %(name)s", key
            )
            return
        self._database.run(
            """INSERT INTO group_attributes (group_id, name, value) VALUES (%(group)s, %(name)s, %(value)s)
            ON CONFLICT (group_id, name) DO UPDATE SET value = EXCLUDED.value""",
            {**key, "value": value},
        )
