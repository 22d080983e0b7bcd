"""What stands in the place of tables while a question is asked: as they stood at a moment, or as SQL.

What is wanted is put in only when something is asked, and only where it differs from what stands there. Many
models are worked out once a state where several others read them, not once for each that does.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from mainstem.artifacts.relations import relations_in
from mainstem.errors import QueryError
from mainstem.query.execute import rows_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mainstem.query.changes.frontier import Plan
    from mainstem.query.result import Cell, Compiled
    from mainstem.warehouse.moments import Moment, Moments

FEW_MODELS = 12
"""Up to so many, reading a few columns of each is faster than making whole tables."""


class StandIns:
    def __init__(self, moments: Moments, plan: Plan) -> None:
        self._moments = moments
        self._plan = plan
        self._wanted: dict[str, str] = {}
        self._put: dict[str, tuple[str, bool]] = {}
        self._stands: dict[str, int] = {}
        """Relation → a number for what it holds: the same for the same SQL of the same tables."""
        self._states: dict[tuple[str, str, frozenset[tuple[str, int]]], int] = {}
        self._read: dict[str, frozenset[str]] = {}
        self._shared = self._read_by_several() if len(plan.new_sql) > FEW_MODELS else frozenset()

    @property
    def wanted(self) -> frozenset[tuple[str, str]]:
        """(relation, SQL) of all that stands in for something: the same for the same state."""
        return frozenset(self._wanted.items())

    def want(self, put: Mapping[str, str]) -> None:
        self._wanted |= put

    def actual(self, moment: Moment) -> None:
        """Tables as they stood; what has none is made of what it is made from."""
        made = self._plan.old_sql if moment == "then" else self._plan.new_sql
        for relation in (*self._plan.frontier, *self._plan.still):
            self.put_table(moment, relation)
        for relation, sql in made.items():
            if self._moments.columns(moment, relation) is None:
                self._wanted[relation] = sql
            else:
                self.put_table(moment, relation)

    def put_table(self, moment: Moment, relation: str) -> None:
        if self._moments.columns(moment, relation) is not None:
            self._wanted[relation] = f"SELECT * FROM {self._moments.name(moment, relation)}"
            return
        other: Moment = "now" if moment == "then" else "then"
        if self._moments.columns(other, relation) is None:
            raise QueryError(
                f"{relation} is no table of the lake at these moments, and dbt's SQL of it is not kept"
            )
        self._wanted[relation] = f"SELECT * FROM {self._moments.name(other, relation)} WHERE FALSE"

    def as_made(self, moment: Moment, sql: dict[str, str]) -> None:
        for relation in (*self._plan.frontier, *self._plan.still):
            self.put_table(moment, relation)
        self.made(sql)

    def made(self, sql: dict[str, str]) -> None:
        self._wanted |= sql
        # What is read comes before what reads it, also where a table was put first.
        self._wanted |= {relation: self._wanted.pop(relation) for relation in sql}

    def rows(self, compiled: Compiled) -> Sequence[tuple[Cell, ...]]:
        """The answer, of what is wanted by now in the place of tables."""
        for relation, text in self._wanted.items():
            made = self._plan.old_sql.get(relation), self._plan.new_sql.get(relation)
            kept = relation in self._shared and text in made
            # A table that is kept is another one when what it is made of is.
            behind = frozenset(
                (name, self._stands[name]) for name in self._behind(text) & self._stands.keys() - {relation}
            )
            state = self._states.setdefault((relation, text, behind), len(self._states))
            if self._put.get(relation) != (text, kept) or (kept and self._stands[relation] != state):
                self._moments.put(relation, text, kept=kept)
                self._put[relation] = text, kept
            self._stands[relation] = state
        table = self._moments.query(compiled.sql)
        return rows_of(table.select(range(len(compiled.columns))), compiled.columns)

    def _behind(self, sql: str) -> frozenset[str]:
        if sql not in self._read:
            self._read[sql] = frozenset(relations_in(sql))
        return self._read[sql]

    def _read_by_several(self) -> frozenset[str]:
        read = Counter(name for sql in self._plan.new_sql.values() for name in self._behind(sql))
        return frozenset(relation for relation in self._plan.new_sql if read[relation] > 1)
