"""Erasures that were begun and ended: when, by whom, and what each step came to. It names nobody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from psycopg.types.json import Jsonb

from mainstem.store.table import Table

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from mainstem.store.database import Database

ERASURES = Table(
    "erasures",
    {
        "id": "bigint",
        "person": "text",
        "asked_by": "text",
        "began_at": "timestamp with time zone",
        "ended_at": "timestamp with time zone?",
        "steps": "jsonb",
    },
)


@dataclass(frozen=True)
class Erasure:
    id: int
    person: str
    """A keyed hash of what was asked for: the same ids have the same."""
    asked_by: str
    began_at: datetime
    ended_at: datetime | None
    """None while something is left to do."""
    steps: dict[str, Any]
    """`done`, `failed` and `left`, as the command prints them."""


class Erasures:
    """Every method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(
        self,
        person: str,
        asked_by: str,
        began_at: datetime,
        ended_at: datetime | None,
        steps: Mapping[str, object],
    ) -> None:
        """Write down what came of it, in the place of what was written of the same erasure before."""
        self._database.run(
            "INSERT INTO erasures (person, asked_by, began_at, ended_at, steps) "
            "VALUES (%(person)s, %(asked_by)s, %(began_at)s, %(ended_at)s, %(steps)s) "
            "ON CONFLICT (person, began_at) "
            "DO UPDATE SET ended_at = excluded.ended_at, steps = excluded.steps",
            {
                "person": person,
                "asked_by": asked_by,
                "began_at": began_at,
                "ended_at": ended_at,
                "steps": Jsonb(dict(steps)),
            },
        )

    def newest(self, limit: int) -> list[Erasure]:
        """Newest first."""
        return self._database.all(
            Erasure,
            "SELECT id, person, asked_by, began_at, ended_at, steps FROM erasures "
            "ORDER BY id DESC LIMIT %(limit)s",
            {"limit": limit},
        )
