"""What administrators may know of queries that were run: the seam to the query log.

It holds SQL with the values people filtered by, so no page for others may ask it anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

By = Literal["query", "user", "dashboard", "explore"]


@dataclass(frozen=True)
class Wanted:
    """Which runs; None is any."""

    since: datetime | None = None
    login: str | None = None
    dashboard: str | None = None
    explore: str | None = None
    via: str | None = None
    hash: str | None = None
    failed: bool = False


class Run(Protocol):
    """One query that was run, as `mainstem.store.queries.KeptRun` has it."""

    @property
    def id(self) -> int: ...
    @property
    def at(self) -> datetime: ...
    @property
    def via(self) -> str: ...
    @property
    def login(self) -> str | None: ...
    @property
    def page(self) -> str: ...
    @property
    def dashboard(self) -> str | None: ...
    @property
    def tile(self) -> str | None: ...
    @property
    def model(self) -> str | None: ...
    @property
    def explore(self) -> str | None: ...
    @property
    def hash(self) -> str: ...
    @property
    def rows(self) -> int | None: ...
    @property
    def bytes(self) -> int | None: ...
    @property
    def seconds(self) -> float: ...
    @property
    def cached(self) -> bool: ...
    @property
    def error(self) -> str | None: ...
    @property
    def sql(self) -> str | None: ...


class Group(Protocol):
    """Runs added up, as `mainstem.store.queries.Grouped` has it."""

    @property
    def label(self) -> str: ...
    @property
    def runs(self) -> int: ...
    @property
    def failed(self) -> int: ...
    @property
    def seconds(self) -> float: ...
    @property
    def slowest(self) -> float: ...
    @property
    def mean(self) -> float: ...
    @property
    def rows(self) -> int: ...
    @property
    def bytes(self) -> int: ...
    @property
    def last_at(self) -> datetime: ...
    @property
    def sql(self) -> str | None: ...


class QueryDesk(Protocol):
    """Every method waits for Postgres, and raises TransientError when it is away."""

    def newest(self, limit: int, wanted: Wanted, before: int | None = None) -> Sequence[Run]: ...

    def slowest(self, limit: int, wanted: Wanted) -> Sequence[Run]: ...

    def grouped(self, by: By, limit: int, wanted: Wanted, order: str) -> Sequence[Group]:
        """`order` is seconds, runs, slowest or failed."""
