"""The audit log: who did what, when, from where. Entries are added and read; nothing changes one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from psycopg.types.json import Jsonb

from mainstem.store.table import Table

if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping
    from datetime import datetime

    from mainstem.store.database import Database

TABLE = Table(
    "audit_log",
    {
        "id": "bigint",
        "at": "timestamp with time zone",
        "actor_id": "uuid?",
        "actor": "text?",
        "address": "text?",
        "action": "text",
        "target": "text?",
        "details": "jsonb",
    },
)


@dataclass(frozen=True)
class AuditEntry:
    id: int
    """Grows with every entry."""
    at: datetime
    actor: str | None
    """Login of the user then; None when nobody was logged in."""
    address: str | None
    """None: it was done on the machine itself."""
    action: str
    target: str | None
    details: dict[str, str]


class AuditLog:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self,
        at: datetime,
        action: str,
        *,
        actor_id: uuid.UUID | None = None,
        actor: str | None = None,
        address: str | None = None,
        target: str | None = None,
        details: Mapping[str, str] | None = None,
    ) -> None:
        """Part of the transaction that this thread is in: kept exactly when what it tells of is."""
        self._database.run(
            """INSERT INTO audit_log (at, actor_id, actor, address, action, target, details) VALUES
            (%(at)s, %(actor_id)s, %(actor)s, %(address)s, %(action)s, %(target)s, %(details)s)""",
            {
                "at": at,
                "actor_id": actor_id,
                "actor": actor,
                "address": address,
                "action": action,
                "target": target,
                "details": Jsonb(dict(details or {})),
            },
        )

    def newest(
        self,
        limit: int,
        *,
        before: int | None = None,
        action: str | None = None,
        who: str | None = None,
    ) -> list[AuditEntry]:
        """Entries older than the entry `before`, newest first: of one action, of one login (as the actor or
        the target), or all."""
        return self._database.all(
            AuditEntry,
            """SELECT id, at, actor, address, action, target, details FROM audit_log
            WHERE (%(before)s::bigint IS NULL OR id < %(before)s)
            AND (%(action)s::text IS NULL OR action = %(action)s)
            AND (%(who)s::text IS NULL OR actor = %(who)s OR target = %(who)s)
            ORDER BY id DESC LIMIT %(limit)s""",
            {"before": before, "action": action, "who": who, "limit": limit},
        )

    def prune(self, before: datetime) -> int:
        """Forget entries made before; how many that were."""
        return self._database.run("DELETE FROM audit_log WHERE at < %(before)s", {"before": before})
