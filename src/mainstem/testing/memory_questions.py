"""Favourites and earlier questions kept in memory, gone with the object."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import uuid
    from datetime import datetime


@dataclass(frozen=True)
class KeptQuestion:
    model: str
    explore: str
    address: str
    title: str
    rows: int
    asked_at: datetime
    times: int = 1


@dataclass
class MemoryQuestions:
    """`problem`, where it is set, is raised by every method, as by a database that is away."""

    marked: dict[tuple[uuid.UUID, str, str, str], datetime] = field(default_factory=dict)
    asked: dict[tuple[uuid.UUID, str], KeptQuestion] = field(default_factory=dict)
    problem: Exception | None = None

    def favourite_fields(self, user_id: uuid.UUID, model: str, explore: str) -> frozenset[str]:
        self._check()
        return frozenset(key[3] for key in self.marked if key[:3] == (user_id, model, explore) and key[3])

    def favourite_explores(self, user_id: uuid.UUID) -> list[tuple[str, str]]:
        self._check()
        found = [(at, key) for key, at in self.marked.items() if key[0] == user_id and not key[3]]
        return [(key[1], key[2]) for _, key in sorted(found, key=lambda one: one[0], reverse=True)]

    def toggle(self, user_id: uuid.UUID, model: str, explore: str, field: str, at: datetime) -> bool:
        self._check()
        key = (user_id, model, explore, field)
        if self.marked.pop(key, None) is not None:
            return False
        self.marked[key] = at
        return True

    def note(
        self,
        user_id: uuid.UUID,
        digest: str,
        model: str,
        explore: str,
        address: str,
        title: str,
        rows: int,
        at: datetime,
    ) -> None:
        self._check()
        before = self.asked.get((user_id, digest))
        kept = KeptQuestion(model, explore, address, title, rows, at)
        self.asked[user_id, digest] = replace(kept, times=before.times + 1) if before else kept

    def recent(
        self, user_id: uuid.UUID, limit: int, model: str | None = None, explore: str | None = None
    ) -> list[KeptQuestion]:
        self._check()
        found = [
            one
            for (user, _), one in self.asked.items()
            if user == user_id
            and (bool(one.model) if model is None else model == one.model)
            and explore in (None, one.explore)
        ]
        return sorted(found, key=lambda one: one.asked_at, reverse=True)[:limit]

    def forget(self, user_id: uuid.UUID) -> None:
        self._check()
        for key in [key for key in self.asked if key[0] == user_id]:
            del self.asked[key]

    def _check(self) -> None:
        if self.problem is not None:
            raise self.problem
