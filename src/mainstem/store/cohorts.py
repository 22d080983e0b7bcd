"""Cohorts as they are kept: definitions as JSON, members, and how many there were when.

A count replaces the members whole, in one transaction, and those who were in before keep their `since`. It
knows neither what a definition means nor who may see it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, LiteralString

from psycopg.types.json import Jsonb

from mainstem.store.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from mainstem.store.database import Database

COHORTS = Table(
    "cohorts",
    {
        "name": "text",
        "title": "text",
        "description": "text",
        "owner": "text",
        "unit": "text",
        "model": "text",
        "explores": "text[]",
        "is_dynamic": "boolean",
        "definition": "jsonb",
        "pick": "jsonb",
        "asking": "jsonb",
        "made_at": "timestamp with time zone",
        "as_of": "timestamp with time zone?",
        "size": "bigint?",
        "problem": "text",
        "in_lake": "timestamp with time zone?",
    },
)
COUNTS = Table(
    "cohort_counts",
    {
        "cohort": "text",
        "as_of": "timestamp with time zone",
        "size": "bigint",
        "entered": "bigint",
        "left_it": "bigint",
        "seconds": "double precision",
    },
)
MEMBERS = Table("cohort_members", {"cohort": "text", "id": "text", "since": "timestamp with time zone"})

_COLUMNS: LiteralString = (
    "name, title, description, owner, unit, model, explores, is_dynamic, definition, pick, asking, made_at, "
    "as_of, size, problem, in_lake"
)
_ALL: LiteralString = f"SELECT {_COLUMNS} FROM cohorts"  # noqa: S608 # only literals


@dataclass(frozen=True)
class KeptCohort:
    name: str
    """Short: lower-case letters, digits and `-`; what filters call it."""
    title: str
    description: str
    owner: str
    """The login of who made it."""
    unit: str
    model: str
    explores: list[str]
    is_dynamic: bool
    definition: dict[str, Any]
    pick: dict[str, Any]
    asking: dict[str, Any]
    """What decided which rows its maker was shown, when it was made."""
    made_at: datetime
    as_of: datetime | None
    """When its members were counted; None before."""
    size: int | None
    problem: str
    """Why the newest count failed; empty when it did not."""
    in_lake: datetime | None
    """The count that the lake's table shows."""


@dataclass(frozen=True)
class Count:
    as_of: datetime
    size: int
    entered: int
    left_it: int
    seconds: float


@dataclass(frozen=True)
class Member:
    id: str
    since: datetime


class Cohorts:
    """Every method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[KeptCohort]:
        """By title."""
        return self._database.all(KeptCohort, _ALL + " ORDER BY lower(title), name", {})

    def find(self, name: str) -> KeptCohort | None:
        return self._database.one(KeptCohort, _ALL + " WHERE name = %(name)s", {"name": name})

    def make(self, cohort: KeptCohort) -> bool:
        """Keep a new one, without members; whether its name was free."""
        values = {name: getattr(cohort, name) for name in COHORTS.columns}
        jsons = {name: Jsonb(values[name]) for name in ("definition", "pick", "asking")}
        made = self._database.run(
            f"INSERT INTO cohorts ({_COLUMNS}) VALUES (%(name)s, %(title)s, %(description)s, %(owner)s, "  # noqa: S608 # only literals
            "%(unit)s, %(model)s, %(explores)s, %(is_dynamic)s, %(definition)s, %(pick)s, %(asking)s, "
            "%(made_at)s, %(as_of)s, %(size)s, %(problem)s, %(in_lake)s) ON CONFLICT (name) DO NOTHING",
            {**values, **jsons},
        )
        return made == 1

    def describe(self, name: str, title: str, description: str) -> int:
        return self._database.run(
            "UPDATE cohorts SET title = %(title)s, description = %(description)s WHERE name = %(name)s",
            {"name": name, "title": title, "description": description},
        )

    def remove(self, name: str) -> int:
        """With its members and counts; how many there were."""
        return self._database.run("DELETE FROM cohorts WHERE name = %(name)s", {"name": name})

    def counted(
        self, name: str, as_of: datetime, ids: Sequence[str], seconds: float, asking: Mapping[str, Any]
    ) -> Count | None:
        """Write down who is in it now, counted as `asking` may; None where it is gone."""
        known = {"name": name, "as_of": as_of, "ids": list(ids)}
        with self._database.transaction() as connection:
            if (
                connection.execute("SELECT 1 FROM cohorts WHERE name = %(name)s FOR UPDATE", known).rowcount
                == 0
            ):
                return None
            left = connection.execute(
                "DELETE FROM cohort_members WHERE cohort = %(name)s AND NOT id = ANY(%(ids)s)", known
            ).rowcount
            entered = connection.execute(
                "INSERT INTO cohort_members (cohort, id, since) SELECT %(name)s, given.id, %(as_of)s "
                "FROM unnest(%(ids)s::text[]) AS given (id) LEFT JOIN cohort_members AS there "
                "ON there.cohort = %(name)s AND there.id = given.id WHERE there.id IS NULL",
                known,
            ).rowcount
            count = Count(as_of, len(ids), entered, left, seconds)
            connection.execute(
                "UPDATE cohorts SET as_of = %(as_of)s, size = %(size)s, problem = '', "
                "asking = %(asking)s WHERE name = %(name)s",
                {**known, "size": count.size, "asking": Jsonb(dict(asking))},
            )
            connection.execute(
                "INSERT INTO cohort_counts (cohort, as_of, size, entered, left_it, seconds) "
                "VALUES (%(name)s, %(as_of)s, %(size)s, %(entered)s, %(left)s, %(seconds)s) "
                "ON CONFLICT (cohort, as_of) DO NOTHING",
                {**known, "size": count.size, "entered": entered, "left": left, "seconds": seconds},
            )
        return count

    def failed(self, name: str, problem: str) -> None:
        """Write down why it could not be counted; who was in it stays."""
        self._database.run(
            "UPDATE cohorts SET problem = %(problem)s WHERE name = %(name)s",
            {"name": name, "problem": problem},
        )

    def counts(self, name: str, limit: int) -> list[Count]:
        """Newest first."""
        return self._database.all(
            Count,
            "SELECT as_of, size, entered, left_it, seconds FROM cohort_counts WHERE cohort = %(name)s "
            "ORDER BY as_of DESC LIMIT %(limit)s",
            {"name": name, "limit": limit},
        )

    def members(self, name: str) -> list[Member]:
        """By id."""
        return self._database.all(
            Member, "SELECT id, since FROM cohort_members WHERE cohort = %(name)s ORDER BY id", {"name": name}
        )

    def shown_in_lake(self, name: str, as_of: datetime) -> None:
        self._database.run(
            "UPDATE cohorts SET in_lake = %(as_of)s WHERE name = %(name)s", {"name": name, "as_of": as_of}
        )

    def forget(self, ids: Iterable[str]) -> int:
        """Take units out of every cohort, for they were erased; how many memberships there were."""
        with self._database.transaction() as connection:
            gone = connection.execute(
                "WITH gone AS (DELETE FROM cohort_members WHERE id = ANY(%(ids)s) RETURNING cohort) "
                "SELECT cohort, count(*) FROM gone GROUP BY cohort",
                {"ids": list(ids)},
            ).fetchall()
            for cohort, count in gone:
                connection.execute(
                    "UPDATE cohorts SET size = size - %(count)s, in_lake = NULL WHERE name = %(cohort)s",
                    {"count": count, "cohort": cohort},
                )
        return sum(count for _, count in gone)
