"""What upkeep of the lake came to, step by step: figures before and after, kept for some days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, LiteralString

from mainstem.store.table import Table

if TYPE_CHECKING:
    from datetime import datetime

    from mainstem.store.database import Database

STEPS = Table(
    "upkeep_steps",
    {
        "id": "bigint",
        "at": "timestamp with time zone",
        "step": "text",
        "subject": "text",
        "files_before": "bigint",
        "files_after": "bigint",
        "bytes_before": "bigint",
        "bytes_after": "bigint",
        "rows": "bigint",
        "seconds": "double precision",
        "problem": "text",
    },
)
_COLUMNS: LiteralString = (
    "id, at, step, subject, files_before, files_after, bytes_before, bytes_after, rows, seconds, problem"
)
_NEWEST: LiteralString = "SELECT " + _COLUMNS + " FROM upkeep_steps ORDER BY id DESC LIMIT %(limit)s"  # noqa: S608 # only literals
_LAST_OF: LiteralString = (
    "SELECT DISTINCT ON (subject) "  # noqa: S608 # only literals
    + _COLUMNS
    + " FROM upkeep_steps WHERE step = %(step)s AND problem = '' ORDER BY subject, id DESC"
)


@dataclass(frozen=True)
class Step:
    """One thing that was done. Of `expire` the files are snapshots; of `clean_up` and `sweep` those that were
    removed, before, and 0 after."""

    at: datetime
    step: str
    """merge, rewrite, expire, clean_up, sweep, dump or prune."""
    subject: str
    """The table, `schema.table`; empty for the whole lake."""
    files_before: int = 0
    files_after: int = 0
    bytes_before: int = 0
    bytes_after: int = 0
    rows: int = 0
    """That can be read, afterwards."""
    seconds: float = 0.0
    problem: str = ""
    """Why it was not done; empty when it was."""


@dataclass(frozen=True)
class KeptStep(Step):
    id: int = 0
    """Grows with every step."""


class UpkeepSteps:
    """Every method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, step: Step) -> None:
        self._database.run(
            """INSERT INTO upkeep_steps
            (at, step, subject, files_before, files_after, bytes_before, bytes_after, rows, seconds, problem)
            VALUES (%(at)s, %(step)s, %(subject)s, %(files_before)s, %(files_after)s, %(bytes_before)s,
            %(bytes_after)s, %(rows)s, %(seconds)s, %(problem)s)""",
            vars(step),
        )

    def newest(self, limit: int) -> list[KeptStep]:
        """Newest first."""
        return self._database.all(KeptStep, _NEWEST, {"limit": limit})

    def last_of(self, step: str) -> list[KeptStep]:
        """The newest of a kind that was done, for every subject."""
        return self._database.all(KeptStep, _LAST_OF, {"step": step})

    def prune(self, before: datetime) -> int:
        """Forget what was done before; how many steps that were."""
        return self._database.run("DELETE FROM upkeep_steps WHERE at < %(before)s", {"before": before})
