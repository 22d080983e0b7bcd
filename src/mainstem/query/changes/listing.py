"""The rows that changed, of the table that an explore begins with, as far as the asker may see them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from mainstem.artifacts.relations import relations_in
from mainstem.errors import QueryError
from mainstem.query.changes.comparing import shared
from mainstem.query.changes.parts import ChangedRow
from mainstem.query.changes.state import DIALECT, compiled, context_at
from mainstem.query.describe import request_facts
from mainstem.query.resolve import seen_fields
from mainstem.semantics.model import Dimension

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mainstem.query.changes.comparing import Comparing
    from mainstem.query.changes.stand_ins import StandIns
    from mainstem.query.changes.state import State
    from mainstem.query.context import Context
    from mainstem.query.result import Cell
    from mainstem.semantics.model import ViewField
    from mainstem.warehouse.moments import Moment, Moments

SHOWN_ROWS = 100
_LOOKED_AT = 1000
_MOMENTS: tuple[Moment, ...] = ("then", "now")
Listed = tuple[tuple[ChangedRow, ...], str]
"""Rows, and what is to be said of them."""


class Listing:
    def __init__(
        self,
        moments: Moments,
        stand_ins: StandIns,
        comparing: Comparing,
        now: State,
        context: Context,
        columns: tuple[str, ...],
    ) -> None:
        """`columns` of the question are shown beside the key."""
        self._moments = moments
        self._stand_ins = stand_ins
        self._comparing = comparing
        self._now = now
        self._context = context
        self._columns = columns

    @cached_property
    def seen(self) -> Mapping[str, ViewField]:
        request = self._now.request
        return seen_fields(self._now.project, request.model, request.explore, self._context)

    @cached_property
    def key(self) -> str | None:
        request = self._now.request
        base = self._now.project.models[request.model].explores[request.explore].alias
        return next(
            (
                name
                for name, field in self.seen.items()
                if name.startswith(f"{base}.") and isinstance(field, Dimension) and field.primary_key
            ),
            None,
        )

    @cached_property
    def fields(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*((self.key,) if self.key else ()), *self._columns)))

    def rows(self) -> Listed:
        key, relation = self.key, self._base_relation()
        if key is None:
            return (
                (),
                "The explore's first view has no primary key that you may see: its rows cannot be listed.",
            )
        if relation is None or any(self._moments.columns(one, relation) is None for one in _MOMENTS):
            return (), "The explore begins with a query or a view, which keeps no rows of its own to list."
        try:
            return self._listed(relation)
        except QueryError as e:
            return (), f"The rows cannot be listed: {str(e).splitlines()[0]}"

    def _listed(self, relation: str) -> Listed:
        if self._moments.is_same(relation):
            return (), ""
        compared = self._comparing.of(relation)
        if compared.came is not None:
            come = self._detail("now", relation, compared.came)
            return _first([ChangedRow(what="added", values=row) for row in come.values()])
        if not compared.key:
            return (), f"No column is known to name the rows of {relation}."
        columns = shared(*(self._moments.columns(m, relation) or () for m in _MOMENTS))
        found: list[ChangedRow] = []
        added = self._detail("now", relation, compared.rows("added", columns))
        removed = self._detail("then", relation, compared.rows("removed", columns))
        before = self._detail("then", relation, compared.rows("before", columns))
        after = self._detail("now", relation, compared.rows("changed", columns))
        found += (ChangedRow(what="removed", values=row) for row in removed.values())
        found += (
            ChangedRow(what="changed", values=row, before=before[name])
            for name, row in after.items()
            if name in before and before[name] != row
        )
        found += (ChangedRow(what="added", values=row) for row in added.values())
        return _first(found)

    def _detail(self, moment: Moment, relation: str, sql: str) -> dict[Cell, tuple[Cell, ...]]:
        """Key → row, of the rows of `sql` alone, everything else being as it was at that moment."""
        self._stand_ins.actual(moment)
        self._stand_ins.want({relation: sql})
        request = msgspec.structs.replace(self._now.request, fields=self.fields, limit=_LOOKED_AT, sorts=())
        asked = compiled(self._now, request, self._now.asked_at, self._context)
        order = [[c.name for c in asked.columns].index(name) for name in self.fields]
        return {row[order[0]]: tuple(row[n] for n in order) for row in self._stand_ins.rows(asked)}

    def _base_relation(self) -> str | None:
        now = self._now
        facts = request_facts(now.project, now.request, DIALECT, context_at(now.asked_at, self._context))
        table = facts.views[0].sql_table_name if facts.views else None
        found = relations_in(table or "")
        return next(iter(found), None) if len(found) == 1 else None


def _first(found: list[ChangedRow]) -> Listed:
    note = f"The first {SHOWN_ROWS} of more rows." if len(found) > SHOWN_ROWS else ""
    return tuple(found[:SHOWN_ROWS]), note
