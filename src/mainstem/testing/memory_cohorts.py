"""A shelf of cohorts in memory, held to the same suite as the one in Postgres."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mainstem.store.cohorts import Count, KeptCohort, Member

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime


class MemoryCohorts:
    def __init__(self) -> None:
        self._kept: dict[str, KeptCohort] = {}
        self._members: dict[str, dict[str, datetime]] = defaultdict(dict)
        self._counts: dict[str, list[Count]] = defaultdict(list)

    def all(self) -> list[KeptCohort]:
        return sorted(self._kept.values(), key=lambda one: (one.title.lower(), one.name))

    def find(self, name: str) -> KeptCohort | None:
        return self._kept.get(name)

    def make(self, cohort: KeptCohort) -> bool:
        if cohort.name in self._kept:
            return False
        self._kept[cohort.name] = cohort
        return True

    def describe(self, name: str, title: str, description: str) -> int:
        if name not in self._kept:
            return 0
        self._kept[name] = replace(self._kept[name], title=title, description=description)
        return 1

    def remove(self, name: str) -> int:
        self._members.pop(name, None)
        self._counts.pop(name, None)
        return int(self._kept.pop(name, None) is not None)

    def counted(
        self, name: str, as_of: datetime, ids: Sequence[str], seconds: float, asking: Mapping[str, Any]
    ) -> Count | None:
        kept = self._kept.get(name)
        if kept is None:
            return None
        before = self._members[name]
        self._members[name] = {one: before.get(one, as_of) for one in ids}
        count = Count(as_of, len(ids), len(set(ids) - set(before)), len(set(before) - set(ids)), seconds)
        self._counts[name].insert(0, count)
        self._kept[name] = replace(kept, as_of=as_of, size=len(ids), problem="", asking=dict(asking))
        return count

    def shown_in_lake(self, name: str, as_of: datetime) -> None:
        self._kept[name] = replace(self._kept[name], in_lake=as_of)

    def failed(self, name: str, problem: str) -> None:
        self._kept[name] = replace(self._kept[name], problem=problem)

    def counts(self, name: str, limit: int) -> list[Count]:
        return self._counts[name][:limit]

    def members(self, name: str) -> list[Member]:
        return [Member(one, since) for one, since in sorted(self._members[name].items())]
