"""Look at the newest rows of a table one by one: how many distinct values, which ones, and whose they may be.

What it costs is bounded by the number of rows, not by the table: files that are older are not read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from mainstem.operate.catalogue.count import LOADED_AT
from mainstem.operate.catalogue.entries import SampleValue
from mainstem.warehouse import ColumnType

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from mainstem.operate.catalogue.personal import Finding, PersonalData
    from mainstem.operate.catalogue.settings import CatalogueSettings
    from mainstem.warehouse import TableName, Warehouse

_COLUMNS_AT_ONCE = 64
_PERSON = "__person"
_MOST_LOOKED_AT = 500
"""Distinct values of a column that detectors look at."""
_LONGEST_SHOWN = 80
_DISTINCT_FACTOR = 4
_SHOWABLE = frozenset({ColumnType.STRING, ColumnType.INT, ColumnType.FLOAT, ColumnType.BOOLEAN})


@dataclass(frozen=True)
class Looked:
    """What the looked-at rows say of one column."""

    rows: int
    """That hold a value."""
    distinct: int
    finding: Finding | None
    values: tuple[SampleValue, ...]
    unsampled_because: str | None


class TableLook:
    """Looks at one table."""

    def __init__(
        self,
        warehouse: Warehouse,
        name: TableName,
        columns: Mapping[str, ColumnType],
        settings: CatalogueSettings,
        personal: PersonalData,
    ) -> None:
        self._warehouse = warehouse
        self._columns = columns
        self._settings = settings
        self._personal = personal
        self._namespace_table = name
        self._table = warehouse.capabilities.qualified(name.namespace, name.table)

    def look(self, since: datetime | None) -> tuple[int, dict[str, Looked]]:
        """The newest rows, all of them loaded after `since`: how many were looked at, and each column."""
        cutoff = self._cutoff(since)
        rows, found = 0, {}
        for names in _some(list(self._columns), _COLUMNS_AT_ONCE):
            sample = self._sample(names, cutoff)
            rows = max(rows, sample.num_rows)
            for number, column in enumerate(names):
                found[column] = self._column(sample, number, column)
        return rows, found

    def _cutoff(self, since: datetime | None) -> datetime | None:
        """The moment of loading after which there are about as many rows as are wanted."""
        where, parameters = (f"WHERE {LOADED_AT} >= ?", (since,)) if since is not None else ("", ())
        loads = self._warehouse.query(
            f"SELECT {LOADED_AT} AS at, count(*) AS rows FROM {self._table} {where} "  # noqa: S608 # quoted
            "GROUP BY 1 ORDER BY 1 DESC LIMIT 10000",
            parameters,
        )
        rows = 0
        at = None
        for load in loads.to_pylist():
            rows, at = rows + load["rows"], load["at"]
            if rows >= self._settings.sample_rows:
                newest: datetime | None = at
                return newest
        return since

    def _sample(self, names: Sequence[str], cutoff: datetime | None) -> pa.Table:
        listed = [f"{self._quoted(column)} AS c{n}" for n, column in enumerate(names)]
        people = [self._quoted(c) for c in ("user_id", "anonymous_id") if c in self._columns]
        texts = ", ".join(f"CAST({person} AS VARCHAR)" for person in people)
        listed.append(
            f"coalesce({texts}, CAST(NULL AS VARCHAR)) AS {_PERSON}" if people else f"NULL AS {_PERSON}"
        )
        where, parameters = (f"WHERE {LOADED_AT} >= ?", (cutoff,)) if cutoff is not None else ("", ())
        return self._warehouse.query(
            f"SELECT {', '.join(listed)} FROM {self._table} {where} LIMIT {self._settings.sample_rows}",  # noqa: S608 # quoted
            parameters,
        )

    def _column(self, sample: pa.Table, number: int, column: str) -> Looked:
        values = sample.column(f"c{number}")
        kind = self._columns[column]
        counts = pc.value_counts(values.drop_null())
        looked_at = [str(v) for v in counts.field("values")[:_MOST_LOOKED_AT].to_pylist()]
        finding = self._personal.find(self._namespace_table.table, column, kind, looked_at)
        why = self._why_hidden(kind, len(counts), finding, looked_at)
        shown = () if why else tuple(self._shown(sample, number, kind))
        if not shown and why is None and len(counts):
            why = f"each value was sent by fewer than {self._settings.sample_people} people"
        return Looked(len(values) - values.null_count, len(counts), finding, shown, why)

    def _why_hidden(
        self, kind: ColumnType, distinct: int, finding: Finding | None, looked_at: Sequence[str]
    ) -> str | None:
        if self._settings.sample_values == 0:
            return "samples are turned off"
        if finding is not None and not finding.is_masked:
            return f"it may be personal ({finding.pii.replace('_', ' ')})"
        if kind not in _SHOWABLE or (looked_at and all(map(_is_json, looked_at))):
            return "lists, objects and moments are not shown"
        if distinct > self._settings.sample_values * _DISTINCT_FACTOR:
            return "it has many distinct values"
        return None

    def _shown(self, sample: pa.Table, number: int, kind: ColumnType) -> Iterator[SampleValue]:
        """Values that enough people sent, the most frequent first."""
        column = f"c{number}"
        people = sample.column(_PERSON)
        named = people.null_count < len(people)
        held = sample.select([column, _PERSON]).filter(pc.is_valid(sample.column(column)))
        groups = held.group_by(column).aggregate(
            [(column, "count"), (_PERSON, "count_distinct", pc.CountOptions(mode="only_valid"))]
            if named
            else [(column, "count")]
        )
        rows: list[dict[str, Any]] = groups.to_pylist()
        rows.sort(key=lambda row: (-row[f"{column}_count"], str(row[column])))
        senders = f"{_PERSON}_count_distinct" if named else f"{column}_count"
        sent_enough = [row for row in rows if row[senders] >= self._settings.sample_people]
        for row in sent_enough[: self._settings.sample_values]:
            yield SampleValue(self._text(row[column], kind), row[f"{column}_count"])

    def _text(self, value: object, kind: ColumnType) -> str:
        if kind is ColumnType.BOOLEAN:
            return "true" if value else "false"
        text = self._personal.masked(str(value))
        return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"

    def _quoted(self, column: str) -> str:
        return self._warehouse.capabilities.quoted(column)


def _is_json(text: str) -> bool:
    """A list or an object as JSON text; the schema keeps lists in columns of text."""
    return (text[:1], text[-1:]) in (("[", "]"), ("{", "}"))


def _some(names: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    return (names[start : start + size] for start in range(0, len(names), size))
