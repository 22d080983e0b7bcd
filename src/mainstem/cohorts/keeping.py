"""Cohorts that are kept: made from what was picked of an answer, counted again, looked up by filters.

A count asks as its maker may: of who makes it when it is made, of its owner as they are now when it is
counted again. Members live in the product's own records, where a page can write; a task copies them to where
SQL and activations read them.
"""

from __future__ import annotations

import re
import time
import unicodedata
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from mainstem.cohorts.definition import decode_definition, decode_pick, encode
from mainstem.cohorts.question import conditions_of, members
from mainstem.errors import MainstemError, QueryError
from mainstem.query.cohorts import KnownCohorts, StandingCohort
from mainstem.query.context import Asking
from mainstem.store.cohorts import KeptCohort as KeptCohort  # pages name it

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mainstem.cohorts.definition import Definition, Pick
    from mainstem.query.explorer import Explorer, Explorers
    from mainstem.store.cohorts import Count, Member

MOST_MEMBERS = 100_000
"""A filter by so many takes the warehouse half a second; more are a segment of their own, for a model."""
_LONGEST_NAME = 60


class Shelf(Protocol):
    """Where cohorts are kept: `mainstem.store.cohorts.Cohorts`. Every method raises TransientError."""

    def all(self) -> list[KeptCohort]: ...
    def find(self, name: str) -> KeptCohort | None: ...
    def make(self, cohort: KeptCohort) -> bool: ...
    def describe(self, name: str, title: str, description: str) -> int: ...
    def remove(self, name: str) -> int: ...
    def counted(
        self, name: str, as_of: datetime, ids: Sequence[str], seconds: float, asking: Mapping[str, Any]
    ) -> Count | None: ...
    def failed(self, name: str, problem: str) -> None: ...
    def counts(self, name: str, limit: int) -> list[Count]: ...
    def members(self, name: str) -> list[Member]: ...


@dataclass(frozen=True)
class NewCohort:
    title: str
    description: str
    is_dynamic: bool
    definition: Definition
    pick: Pick


class Keeper:
    def __init__(self, shelf: Shelf, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.shelf = shelf
        self._clock = clock

    def make(self, new: NewCohort, owner: str, explorer: Explorer, asking: Asking) -> KeptCohort:
        """Count its members and keep it. Raises QueryError for what cannot be asked, for too many members,
        and for a title of nothing."""
        title = " ".join(new.title.split())
        if not title:
            raise QueryError("a cohort needs a name")
        ids, seconds = _ids(new.definition, new.pick, explorer)
        explores = tuple(dict.fromkeys(one.explore for one in conditions_of(new.definition)))
        kept = KeptCohort(
            name=short_name(title),
            title=title,
            description=new.description.strip(),
            owner=owner,
            unit=new.definition.unit,
            model=new.definition.model,
            explores=list(explores),
            is_dynamic=new.is_dynamic,
            definition=msgspec.json.decode(encode(new.definition)),
            pick=msgspec.json.decode(encode(new.pick)),
            asking=asked_by(asking),
            made_at=self._clock(),
            as_of=None,
            size=None,
            problem="",
            in_lake=None,
        )
        kept = self._free(kept)
        self.shelf.counted(kept.name, kept.made_at, ids, seconds, kept.asking)
        return kept

    def count(self, cohort: KeptCohort, explorer: Explorer, asking: Asking) -> Count | None:
        """Who is in it now. Raises what asking raises; that is written down with the cohort, too."""
        try:
            ids, seconds = _ids(definition_of(cohort), pick_of(cohort), explorer)
        except MainstemError as e:
            self.shelf.failed(cohort.name, str(e))
            raise
        return self.shelf.counted(cohort.name, self._clock(), ids, seconds, asked_by(asking))

    def _free(self, cohort: KeptCohort) -> KeptCohort:
        """The cohort, kept under its name or the next one that is free."""
        stem, number = cohort.name, 1
        while not self.shelf.make(cohort):
            number += 1
            cohort = replace(cohort, name=f"{stem}-{number}")
        return cohort


class ShelvedCohorts(KnownCohorts):
    """Those kept on a shelf, as filters know them."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def standing(self) -> Mapping[str, StandingCohort]:
        return {
            one.name: StandingCohort(
                one.name, one.unit, one.as_of.isoformat(), one.model, tuple(one.explores)
            )
            for one in self._shelf.all()
            if one.as_of is not None
        }

    def ids(self, name: str) -> Sequence[str]:
        return [member.id for member in self._shelf.members(name)]


def recount(
    keeper: Keeper, explorers: Explorers, asking_of: Callable[[str], Asking | None]
) -> list[tuple[KeptCohort, Count | None, str]]:
    """Count every dynamic cohort again: each with what came of it, or why it could not be counted.

    `asking_of` gives what an owner may see now; None for one who may not ask any more.
    """
    told: list[tuple[KeptCohort, Count | None, str]] = []
    for cohort in keeper.shelf.all():
        if not cohort.is_dynamic:
            continue
        asking = asking_of(cohort.owner)
        if asking is None:
            problem = f"its owner {cohort.owner} may not ask any more; make it anew as somebody who may"
            keeper.shelf.failed(cohort.name, problem)
            told.append((cohort, None, problem))
            continue
        try:
            told.append((cohort, keeper.count(cohort, explorers.of(asking), asking), ""))
        except MainstemError as e:
            told.append((cohort, None, str(e)))
    return told


def may_know(cohort: KeptCohort, explorer: Explorer) -> bool:
    """Whether who asks may see every explore that it was made from."""
    seen = {(model.name, explore.name) for model, explore in explorer.explores()}
    return all((cohort.model, explore) in seen for explore in cohort.explores)


def may_see_size(cohort: KeptCohort, asking: Asking, explorers: Explorers) -> bool:
    """Whether its members were counted among rows that this asker may see too: their question would be, to
    the letter, the one that was asked when they were counted."""
    if asking.sees_everything or cohort.asking == asked_by(asking):
        return True
    try:
        counted_by = msgspec.convert(cohort.asking, type=Asking)
        mine, theirs = (_sql(cohort, explorers.of(one)) for one in (asking, counted_by))
    except (MainstemError, msgspec.ValidationError):
        return False
    return mine == theirs


def _sql(cohort: KeptCohort, explorer: Explorer) -> str:
    return explorer.compile_composed(members(definition_of(cohort), pick_of(cohort), explorer)).sql


def definition_of(cohort: KeptCohort) -> Definition:
    return decode_definition(msgspec.json.encode(cohort.definition))


def pick_of(cohort: KeptCohort) -> Pick:
    return decode_pick(msgspec.json.encode(cohort.pick))


def asked_by(asking: Asking) -> dict[str, Any]:
    """What decides which rows somebody is shown, as JSON."""
    found: dict[str, Any] = msgspec.to_builtins(asking, order="sorted")
    return found


def short_name(title: str) -> str:
    """Lower-case letters, digits and `-`, as filters call it."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST_NAME].strip("-") or "cohort"


def _ids(definition: Definition, pick: Pick, explorer: Explorer) -> tuple[list[str], float]:
    began = time.perf_counter()
    rows = explorer.run_composed(members(definition, pick, explorer)).rows
    if len(rows) > MOST_MEMBERS:
        raise QueryError(
            f"these are {len(rows):,}; a cohort holds {MOST_MEMBERS:,} at most: ask for a shorter time, or a "
            "narrower condition"
        )
    return [str(row[0]) for row in rows], time.perf_counter() - began
