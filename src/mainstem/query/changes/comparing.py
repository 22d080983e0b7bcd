"""How the rows of a table at two moments are told apart.

What names a row, what says when it happened, and what changed behind a table whose rows do not tell it.
"""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

import msgspec

from mainstem.query.changes.frontier import Compared
from mainstem.query.changes.parts import Cause

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from mainstem.artifacts import Lineage, LineageNode
    from mainstem.warehouse.moments import Moments

_EVENT = ("timestamp", "received_at", "id")
"""Columns of every table of events, by RudderStack's warehouse schema: when it happened, when it arrived,
which message it was."""

_OWN_ROWS = "changed means rows of it that say something else, late those it lacked of what happened before"


class Comparing:
    def __init__(self, moments: Moments, lineage: Lineage | None, cutoff: datetime) -> None:
        """What happened after `cutoff` (aware), the moment of the first snapshot, is new."""
        self._moments = moments
        self._lineage = lineage
        self._cutoff = cutoff

    def has_moved(self, relation: str) -> bool:
        """Whether rows of it differ; it reads them where the warehouse does not say."""
        if self._moments.is_same(relation):
            return False
        if self._moments.came(relation):
            return True
        then, now = (self._moments.columns(moment, relation) for moment in ("then", "now"))  # type: ignore[arg-type] # two literals
        if then is None or now is None:
            return then is not now
        if then != now:
            return True
        names = [self._moments.name(moment, relation) for moment in ("then", "now")]  # type: ignore[arg-type] # two literals
        sides = " OR ".join(
            f"EXISTS (SELECT * FROM {one} EXCEPT ALL SELECT * FROM {other})"
            for one, other in (names, reversed(names))
        )
        return bool(self._moments.query(f"SELECT {sides} AS moved").to_pylist()[0]["moved"])

    def of(self, relation: str) -> Compared:
        """Its rows at both moments; those of a model's table tell new ones apart and no more."""
        node = self._node(relation)
        compared = self._compared(relation, node)
        return _with(compared, cause=Cause.MIXED) if node is not None and node.kind == "model" else compared

    def resolved(self, relation: str, compared: Compared, *, uncertain: bool) -> tuple[Compared, str]:
        """The same, once it is asked what changed behind it, and why not all of its rows can be told apart.

        `uncertain`: the SQL of a model behind it changed. It reads the sources, which takes its time.
        """
        node = self._node(relation)
        if node is not None and uncertain:
            if self._is_unchanged_behind(node):
                return _with(compared, cause=Cause.MODEL), ""
            why = f"{relation}: a model behind it changed, and its rows are not all made anew."
            return _with(compared, cause=Cause.MIXED, all_at_once=True), why
        if node is not None and node.kind == "model":
            cause, why = self._cause_behind(node, relation)
            if cause is Cause.MIXED and (compared.key or compared.came is not None):
                return _with(compared, cause=None), f"{why} So its own rows are told apart: {_OWN_ROWS}."
            return _with(compared, cause=cause), why
        if not compared.key and compared.came is None:
            return (
                compared,
                f"{relation}: no column is known to name its rows.",
            )
        return compared, ""

    def cause_behind(self, relation: str) -> tuple[Cause, str]:
        """The one thing that changed in the sources of a model's table, else none and what there was."""
        node = self._node(relation)
        return (Cause.MIXED, "") if node is None else self._cause_behind(node, relation)

    def _node(self, relation: str) -> LineageNode | None:
        return self._lineage.of_relation(relation) if self._lineage is not None else None

    def _compared(self, relation: str, node: LineageNode | None) -> Compared:
        then, now = (self._moments.columns(moment, relation) for moment in ("then", "now"))  # type: ignore[arg-type] # two literals
        known = now if now is not None else then or {}
        names = {
            moment: self._moments.name(moment, relation)  # type: ignore[arg-type] # two literals
            if columns is not None
            else None
            for moment, columns in (("then", then), ("now", now))
        }
        empty = {m: f"(SELECT * FROM {names[o]} WHERE FALSE)" for m, o in (("then", "now"), ("now", "then"))}
        tables = {moment: names[moment] or empty[moment] for moment in names}
        is_new, is_late = self._times(known, node)
        compared = Compared(then=tables["then"], now=tables["now"], is_new=is_new, is_late=is_late)
        came = self._moments.came(relation)
        if came is not None:
            compared = _with(compared, came=came)
            coming = frozenset(cause for cause, rows in self._come(compared).items() if rows)
            return _with(compared, coming=coming)
        return _with(compared, key=self._key(known, then if then is not None else known, node, tables))

    def _key(
        self,
        now: Mapping[str, str],
        then: Mapping[str, str],
        node: LineageNode | None,
        tables: Mapping[str, str],
    ) -> tuple[str, ...]:
        """Columns that name a row, made sure of at both moments."""
        candidates = [node.key] if node is not None and node.key else []
        if node is not None and self._lineage is not None:
            unique = (test for test in self._lineage.tests_of(node.uid) if test.kind == "unique")
            candidates += [(test.column,) for test in unique if test.column]
        candidates.append((_EVENT[2],))
        for key in candidates:
            if all(name in now and name in then for name in key):
                quoted = tuple(map(_quoted, key))
                if all(self._names_rows(table, quoted) for table in tables.values()):
                    return quoted
        return ()

    def _names_rows(self, table: str, key: tuple[str, ...]) -> bool:
        names = ", ".join(key)
        different = f"SELECT count(*) FROM (SELECT DISTINCT {names} FROM {table})"
        sql = f"SELECT count(*) AS n, ({different}) AS d FROM {table}"
        [row] = self._moments.query(sql).to_pylist()
        return bool(row["n"] == row["d"])

    def _times(self, columns: Mapping[str, str], node: LineageNode | None) -> tuple[str | None, str | None]:
        column = node.event_time if node is not None else ""
        if not column and all(name in columns for name in _EVENT):
            column = _EVENT[0]
        if not column or column not in columns:
            return None, None
        name, at = _quoted(column), self._cutoff.astimezone(UTC)
        if columns[column].upper() == "DATE":
            # Of the day itself nothing says whether before or after.
            day = f"DATE '{at:%Y-%m-%d}'"
            return f"n.{name} > {day}", f"n.{name} < {day}"
        moment = f"TIMESTAMPTZ '{at:%Y-%m-%d %H:%M:%S.%f}+00'"
        read = f"TRY_CAST(n.{name} AS TIMESTAMPTZ)"
        return f"{read} > {moment}", f"{read} <= {moment}"

    def _cause_behind(self, node: LineageNode, relation: str) -> tuple[Cause, str]:
        """Of rows of a table that is not made anew: the one thing that changed in its sources, else none."""
        assert self._lineage is not None  # noqa: S101 # a node comes from it
        found: dict[Cause, int] = {}
        for uid in self._lineage.upstream([node.uid]):
            source = self._lineage.nodes[uid]
            if source.kind in ("source", "seed"):
                counted = self._counted(source)
                if counted is None:
                    why = f"{relation}: what changed in {source.name} behind it cannot be told."
                    return Cause.MIXED, why
                for cause, rows in counted.items():
                    found[cause] = found.get(cause, 0) + rows
        causes = [cause for cause, rows in found.items() if rows]
        if len(causes) == 1:
            return causes[0], ""
        if not causes:
            return Cause.MIXED, f"{relation}: its rows changed, and no row of its sources did."
        said = ", ".join(f"{found[cause]:,} {_WORDS[cause]}" for cause in causes)
        return Cause.MIXED, f"{relation} is built on bit by bit, and its sources had {said} rows."

    def _is_unchanged_behind(self, node: LineageNode) -> bool:
        """Whether every source has the rows that it had: then only SQL can have made a difference."""
        assert self._lineage is not None  # noqa: S101 # a node comes from it
        behind = (self._lineage.nodes[uid] for uid in self._lineage.upstream([node.uid]))
        return not any(self.has_moved(one.relation) for one in behind if one.kind in ("source", "seed"))

    def _counted(self, source: LineageNode) -> dict[Cause, int] | None:
        relation = source.relation
        if self._moments.columns("now", relation) is None and self._moments.columns("then", relation) is None:
            return {}  # never loaded: no row of it is anywhere
        if self._moments.is_same(relation):
            return {}
        compared = self._compared(relation, source)
        if compared.came is not None:
            return self._come(compared)
        rows = {
            "all": self._count(f"SELECT * FROM {compared.now} EXCEPT SELECT * FROM {compared.then}"),
            "gone": self._count(f"SELECT * FROM {compared.then} EXCEPT SELECT * FROM {compared.now}"),
        }
        if not rows["all"] and not rows["gone"]:
            return {}
        if not compared.key:
            return None
        added = compared.rows("added", ())
        come = self._count(added)
        new = self._count(f"SELECT * FROM ({added}) AS n WHERE {compared.is_new}") if compared.is_new else 0
        late = (
            self._count(f"SELECT * FROM ({added}) AS n WHERE {compared.is_late}") if compared.is_late else 0
        )
        return {
            Cause.NEW: new,
            Cause.LATE: late,
            Cause.UNDATED: come - new - late,
            Cause.CHANGED: rows["all"] - come,
            Cause.REMOVED: self._count(compared.rows("removed", ())),
        }

    def _come(self, compared: Compared) -> dict[Cause, int]:
        """How many rows of each kind came, of a table to which nothing else happened."""
        kinds = {Cause.NEW: compared.is_new, Cause.LATE: compared.is_late, Cause.UNDATED: compared.is_undated}
        counts = ", ".join(
            f'count(*) FILTER ({condition or "FALSE"}) AS "{cause}"' for cause, condition in kinds.items()
        )
        [row] = self._moments.query(f"SELECT {counts} FROM ({compared.came}) AS n").to_pylist()
        return {cause: int(row[cause]) for cause in kinds}

    def _count(self, sql: str) -> int:
        return int(self._moments.query(f"SELECT count(*) AS n FROM ({sql})").to_pylist()[0]["n"])


_WORDS = {
    Cause.NEW: "new",
    Cause.LATE: "late",
    Cause.UNDATED: "undated",
    Cause.CHANGED: "changed",
    Cause.REMOVED: "removed",
}


def _with(compared: Compared, **changed: object) -> Compared:
    return msgspec.structs.replace(compared, **changed)


def shared(then: Iterable[str], now: Iterable[str]) -> tuple[str, ...]:
    """Columns of both, quoted."""
    both = set(then)
    return tuple(_quoted(name) for name in now if name in both)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
