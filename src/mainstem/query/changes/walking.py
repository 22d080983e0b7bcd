"""From the tables of one moment to those of another, one cause after the other, by one question.

A walk begins with tables as they stood at its first moment and ends with them as they stood at its second, so
walks from build to build join into one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import msgspec

from mainstem.artifacts.relations import relations_in
from mainstem.query.changes.comparing import Comparing
from mainstem.query.changes.frontier import STEPS, Between, Compared, Plan, Version, plan_of
from mainstem.query.changes.parts import Cause, Number, minus
from mainstem.query.changes.stand_ins import StandIns
from mainstem.query.changes.state import State, compiled, number_in, over_all
from mainstem.query.context import Context
from mainstem.query.result import Cell

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from mainstem.warehouse.moments import Moment, Moments

Values: TypeAlias = dict[tuple[Cell, ...] | None, dict[str, Number | None]]
"""By the values of the dimensions; None: over all rows."""
_TOLD = {
    Cause.REMOVED: "Asking without the rows that were removed",
    Cause.CHANGED: "Asking with the rows that changed",
    Cause.LATE: "Asking with the rows that came late",
    Cause.UNDATED: "Asking with rows of which nothing says when",
    Cause.MIXED: "Asking with rows that cannot be told apart",
    Cause.NEW: "Asking with the rows that are new",
    Cause.MODEL: "Asking of the models as they are now",
    Cause.REMAINDER: "Asking of the tables as they are",
}


class Asker(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked, of whatever tables, and by whom."""

    then: State
    now: State
    context: Context
    dimensions: tuple[str, ...]
    measures: tuple[str, ...]
    labels: dict[str, str]
    """Of columns."""

    def relations(self) -> set[str]:
        """Whatever looks like a table in the SQL of both moments."""
        found: set[str] = set()
        for state in (self.then, self.now):
            found |= relations_in(compiled(state, state.request, state.asked_at, self.context).sql)
        return found


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """What made the tables at two moments."""

    then: Version | None
    now: Version | None
    one_build: bool = False
    """Whether the build of the second is the only one since the first."""


class Walk:
    def __init__(
        self, moments: Moments, span: Span, asker: Asker, cutoff: datetime, tell: Callable[[str], None]
    ) -> None:
        """What happened after `cutoff` (aware) is new. `tell` is called with what is done next."""
        self._moments = moments
        self._asker = asker
        self._tell = tell
        self._asked: dict[tuple[str, frozenset[tuple[str, str]]], Values] = {}
        self._known = span.now.lineage if span.now is not None else None
        self.notes: list[str] = []
        self.is_unclear = False
        """Whether it could have been told better from build to build."""
        self._tell("Looking at what happened to the tables behind it")
        self.comparing = Comparing(moments, self._known, cutoff)
        between = Between(
            has_moved=self.comparing.has_moved,
            name=self._name,
            is_there=self._is_there,
            one_build=span.one_build,
        )
        read = sorted(name for name in asker.relations() if self._is_table(name))
        self.plan: Plan = plan_of(read, span.then, span.now, between)
        self.stand_ins = StandIns(moments, self.plan)

    def asked_at(self, moment: Moment, state: State, present: datetime) -> Values:
        """The answer of tables as they stood."""
        self.stand_ins.actual(moment)
        return self._values(state, present)

    def steps(self) -> list[tuple[Cause, Values]]:
        """With the old question and the present of the second moment; after each cause, what it made."""
        self.stand_ins.actual("then")
        if not self.plan.frontier and not self.plan.changed:
            self.stand_ins.actual("now")
            return [self._step(Cause.REMAINDER)]
        found: list[tuple[Cause, Values]] = []
        begun = self._values(self._asker.then, self._asker.now.asked_at)
        compared = {name: self.comparing.of(name) for name in self.plan.frontier} | self._gone()
        self.stand_ins.want({name: compared[name].at(STEPS[0]) for name in self.plan.gone})
        if self.plan.old_sql:
            self.stand_ins.as_made("then", self.plan.old_sql)
            found.append(self._step(Cause.REMAINDER))
            begun = found[-1][1]
        happened = self._let_happen(compared)
        if self.plan.uncertain or _changes_by(Cause.MIXED, begun, happened):
            resolved = {name: self._resolved(name, one) for name, one in compared.items()}
            if resolved != compared:
                compared, happened = resolved, self._let_happen(resolved)
        found += happened
        self.is_unclear = bool(self.plan.stopped and self.notes)
        by_sql = [relation for relation, one in compared.items() if one.cause is Cause.MODEL]
        for relation in by_sql:
            self.stand_ins.put_table("now", relation)
        if by_sql or self.plan.new_sql:
            self.stand_ins.made(self.plan.new_sql)
            found.append(self._step(Cause.MODEL))
        if self.plan.new_sql or self.plan.still:
            self.stand_ins.actual("now")
            found.append(self._step(Cause.REMAINDER))
        return found

    def _let_happen(self, compared: dict[str, Compared]) -> list[tuple[Cause, Values]]:
        """One kind of row after the other, in all tables together."""
        put: dict[str, str] = {}
        found = []
        for step in STEPS:
            wanted = {relation: one.at(step) for relation, one in compared.items()}
            if wanted == put:
                continue  # nothing happens at this step: the same would be asked again
            self.stand_ins.want(wanted)
            put = wanted
            found.append(self._step(step))
        return found

    def _gone(self) -> dict[str, Compared]:
        """Keys that are gone from a table without a row in their place: nothing says by which cause."""
        found = {}
        for relation, (_, sql) in self.plan.gone.items():
            none = f"(SELECT * FROM ({sql}) AS keys WHERE FALSE)"
            some = self._moments.query(f"SELECT count(*) AS n FROM ({sql}) AS keys").to_pylist()[0]["n"]
            found[relation] = Compared(then=none, now=f"({sql})" if some else none, cause=Cause.MIXED)
        return found

    def _resolved(self, relation: str, compared: Compared) -> Compared:
        if relation in self.plan.gone:
            own = self.plan.gone[relation][0]
            cause, why = self.comparing.cause_behind(own) if compared.then != compared.now else (None, "")
            resolved = msgspec.structs.replace(compared, cause=cause or compared.cause)
            why = f"{why} It lost keys by them, which cannot be told apart." if why else ""
        else:
            uncertain = relation in self.plan.uncertain
            resolved, why = self.comparing.resolved(relation, compared, uncertain=uncertain)
        if why:
            self.notes.append(why)
        return resolved

    def _step(self, cause: Cause) -> tuple[Cause, Values]:
        self._tell(_TOLD[cause])
        return cause, self._values(self._asker.then, self._asker.now.asked_at)

    def _values(self, state: State, present: datetime) -> Values:
        """Asked once of each state: what nothing happened to is not asked again."""
        asked = (
            compiled(state, state.request, present, self._asker.context).sql,
            self.stand_ins.wanted,
        )
        if asked not in self._asked:
            self._asked[asked] = self._values_of(state, present)
        return self._asked[asked]

    def _values_of(self, state: State, present: datetime) -> Values:
        request, dimensions = state.request, self._asker.dimensions
        found: Values = {}
        overall = (over_all(request, dimensions), False)
        for each, key in ((request, True), overall) if dimensions else (overall,):
            asked = compiled(state, each, present, self._asker.context)
            names = [column.name for column in asked.columns]
            for row in self.stand_ins.rows(asked):
                cells = dict(zip(names, row, strict=True))
                group = tuple(cells.get(name) for name in dimensions) if key else None
                found[group] = {m: number_in(cells.get(m)) for m in self._asker.measures}
        return found

    def _name(self, moment: Moment, relation: str) -> str | None:
        if self._moments.columns(moment, relation) is None:
            return None
        return self._moments.name(moment, relation)

    def _is_there(self, name: str) -> bool:
        return any(self._moments.columns(moment, name) is not None for moment in ("then", "now"))  # type: ignore[arg-type] # two literals

    def _is_table(self, name: str) -> bool:
        """Tables of the lake, and models that are views."""
        if self._is_there(name):
            return True
        node = self._known.of_relation(name) if self._known is not None else None
        return node is not None and node.kind != "source"


def _changes_by(cause: Cause, begun: Values, steps: list[tuple[Cause, Values]]) -> bool:
    """Whether any number does, over all rows or in one."""
    before = [begun, *(values for _, values in steps)]
    return any(
        minus(values.get(group, {}).get(measure), earlier.get(group, {}).get(measure))
        for (found, values), earlier in zip(steps, before, strict=False)
        if found is cause
        for group in values.keys() | earlier.keys()
        for measure in {**values.get(group, {}), **earlier.get(group, {})}
    )
