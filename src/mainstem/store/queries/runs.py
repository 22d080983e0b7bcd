"""Runs of queries as they are kept, found again, added up, and forgotten."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, LiteralString

from mainstem.store.table import Table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from mainstem.store.database import Database

RUNS = Table(
    "query_runs",
    {
        "id": "bigint",
        "at": "timestamp with time zone",
        "via": "text",
        "login": "text?",
        "page": "text",
        "dashboard": "text?",
        "tile": "text?",
        "model": "text?",
        "explore": "text?",
        "hash": "text",
        "rows": "bigint?",
        "bytes": "bigint?",
        "seconds": "double precision",
        "cached": "boolean",
        "error": "text?",
    },
)
TEXTS = Table(
    "query_texts",
    {"hash": "text", "text": "text", "last_run_at": "timestamp with time zone"},
)
LONGEST_SQL = 100_000
LONGEST_ERROR = 2_000
"""Characters that are kept."""

GroupedBy = Literal["query", "user", "dashboard", "explore"]


@dataclass(frozen=True)
class QueryRun:
    """One query that was run, or could not be."""

    at: datetime
    """When it began."""
    via: str
    """web, api, command line or dbt."""
    login: str | None
    """Who asked; None where nobody was logged in."""
    page: str
    """The path of a page, or the command."""
    sql: str
    """Empty where it never became SQL."""
    seconds: float
    dashboard: str | None = None
    tile: str | None = None
    model: str | None = None
    """Of LookML; of dbt, the node."""
    explore: str | None = None
    rows: int | None = None
    """In the result."""
    bytes: int | None = None
    """Of the result, as the warehouse gave it."""
    cached: bool = False
    """Whether it was answered without asking the warehouse."""
    error: str | None = None

    @property
    def hash(self) -> str:
        """Alike for the same text."""
        return hashlib.blake2b(self.sql.encode("utf-8", "replace"), digest_size=8).hexdigest()


@dataclass(frozen=True)
class KeptRun:
    id: int
    """Grows with every run."""
    at: datetime
    via: str
    login: str | None
    page: str
    dashboard: str | None
    tile: str | None
    model: str | None
    explore: str | None
    hash: str
    rows: int | None
    bytes: int | None
    seconds: float
    cached: bool
    error: str | None
    sql: str | None
    """None where the text is not kept any more."""


@dataclass(frozen=True)
class RunFilter:
    """Which runs; None is any."""

    since: datetime | None = None
    login: str | None = None
    dashboard: str | None = None
    explore: str | None = None
    """`model.explore`"""
    via: str | None = None
    hash: str | None = None
    failed: bool = False
    """Only those with an error."""

    @property
    def parameters(self) -> dict[str, object]:
        return dict(vars(self))


@dataclass(frozen=True)
class Grouped:
    """Runs that have something in common."""

    label: str
    """The user, the dashboard, `model.explore`, or the hash of the text."""
    runs: int
    failed: int
    cached: int
    seconds: float
    """Of all runs together."""
    slowest: float
    mean: float
    rows: int
    bytes: int
    last_at: datetime
    sql: str | None = None
    """The text, where they have it in common and it is kept."""


_WHERE: LiteralString = """
    WHERE (%(since)s::timestamptz IS NULL OR r.at >= %(since)s)
    AND (%(login)s::text IS NULL OR r.login = %(login)s)
    AND (%(dashboard)s::text IS NULL OR r.dashboard = %(dashboard)s)
    AND (%(explore)s::text IS NULL OR r.model || '.' || r.explore = %(explore)s)
    AND (%(via)s::text IS NULL OR r.via = %(via)s)
    AND (%(hash)s::text IS NULL OR r.hash = %(hash)s)
    AND (NOT %(failed)s OR r.error IS NOT NULL)
"""
_KEYS: Mapping[GroupedBy, LiteralString] = {
    "query": "r.hash",
    "user": "coalesce(r.login, 'nobody')",
    "dashboard": "r.dashboard",
    "explore": "r.model || '.' || r.explore",
}
_ORDERS: Mapping[str, LiteralString] = {
    "seconds": "seconds DESC",
    "runs": "runs DESC",
    "slowest": "slowest DESC",
    "failed": "failed DESC, seconds DESC",
}
_KEPT: LiteralString = (
    "SELECT r.id, r.at, r.via, r.login, r.page, r.dashboard, r.tile, r.model, r.explore, r.hash, r.rows, "
    "r.bytes, r.seconds, r.cached, r.error, t.text AS sql "
    "FROM query_runs AS r LEFT JOIN query_texts AS t ON t.hash = r.hash "
)


class QueryRuns:
    """Every method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, runs: Sequence[QueryRun]) -> None:
        """All of them, or none."""
        texts = {run.hash: (run.sql[:LONGEST_SQL], run.at) for run in runs if run.sql}
        with self._database.transaction() as connection, connection.cursor() as cursor:
            cursor.executemany(
                """INSERT INTO query_texts (hash, text, last_run_at) VALUES (%s, %s, %s)
                ON CONFLICT (hash) DO UPDATE SET last_run_at =
                greatest(query_texts.last_run_at, excluded.last_run_at)""",
                [(hash_, _storable(text), at) for hash_, (text, at) in sorted(texts.items())],
            )
            cursor.executemany(
                """INSERT INTO query_runs (at, via, login, page, dashboard, tile, model, explore, hash, rows,
                bytes, seconds, cached, error)
                VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)""",
                list(map(_values, runs)),
            )

    def newest(self, limit: int, wanted: RunFilter, before: int | None = None) -> list[KeptRun]:
        """The newest first, older than the run `before`."""
        return self._database.all(
            KeptRun,
            _KEPT + _WHERE + " AND (%(before)s::bigint IS NULL OR r.id < %(before)s) "
            "ORDER BY r.id DESC LIMIT %(limit)s",
            {**wanted.parameters, "before": before, "limit": limit},
        )

    def slowest(self, limit: int, wanted: RunFilter) -> list[KeptRun]:
        return self._database.all(
            KeptRun,
            _KEPT + _WHERE + " ORDER BY r.seconds DESC, r.id DESC LIMIT %(limit)s",
            {**wanted.parameters, "limit": limit},
        )

    def grouped(self, by: GroupedBy, limit: int, wanted: RunFilter, order: str = "seconds") -> list[Grouped]:
        """Runs added up; `order` is seconds, runs, slowest or failed."""
        key = _KEYS[by]
        text: LiteralString = (
            "(SELECT text FROM query_texts WHERE hash = g.label)" if by == "query" else "NULL"
        )
        return self._database.all(
            Grouped,
            "SELECT g.*, "  # noqa: S608 # every part is one of ours, values are parameters
            + text
            + " AS sql FROM (SELECT "
            + key
            + " AS label, count(*) AS runs, "
            "count(r.error) AS failed, count(*) FILTER (WHERE r.cached) AS cached, "
            "sum(r.seconds) AS seconds, max(r.seconds) AS slowest, avg(r.seconds) AS mean, "
            "coalesce(sum(r.rows), 0)::bigint AS rows, coalesce(sum(r.bytes), 0)::bigint AS bytes, "
            "max(r.at) AS last_at FROM query_runs AS r " + _WHERE + " AND " + key + " IS NOT NULL "
            "GROUP BY 1 ORDER BY " + _ORDERS[order] + ", label LIMIT %(limit)s) AS g",
            {**wanted.parameters, "limit": limit},
        )

    def prune(self, runs_before: datetime, texts_before: datetime) -> int:
        """Forget runs, and texts that were last run before a moment; how many runs it was."""
        with self._database.transaction():
            self._database.run(
                "DELETE FROM query_texts WHERE last_run_at < %(before)s", {"before": texts_before}
            )
            return self._database.run("DELETE FROM query_runs WHERE at < %(before)s", {"before": runs_before})


def _values(run: QueryRun) -> Sequence[object]:
    return (
        run.at,
        run.via,
        run.login,
        _storable(run.page),
        run.dashboard,
        run.tile,
        run.model,
        run.explore,
        run.hash,
        run.rows,
        run.bytes,
        run.seconds,
        run.cached,
        None if run.error is None else _storable(run.error[:LONGEST_ERROR]),
    )


def _storable(text: str) -> str:
    """Postgres takes no NUL and no half of a character."""
    return text.replace("\0", "\N{SYMBOL FOR NULL}").encode("utf-8", "replace").decode()
