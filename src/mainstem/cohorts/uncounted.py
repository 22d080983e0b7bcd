"""Those whom a question cannot count, so that nobody takes them for zero.

Two kinds: rows without a unit (somebody did it, and did not want to be known, or belongs to no account), and
units of which the rows themselves say that they cannot tell (a server too old to report a feature).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mainstem.cohorts.funnel import column
from mainstem.cohorts.hits import every_row, with_time
from mainstem.cohorts.question import conditions_of, read_by
from mainstem.query.composed import Composed
from mainstem.query.result import OutputType

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mainstem.cohorts.definition import Condition, Definition
    from mainstem.cohorts.sources import Source
    from mainstem.query.dialects import Dialect
    from mainstem.query.explorer import Explorer
    from mainstem.query.request import Request
    from mainstem.query.result import QueryResult

_COLUMNS = (
    column("place", OutputType.NUMBER, measure=False),
    column("kind", OutputType.STRING, measure=False),
    column("count", OutputType.NUMBER),
)


@dataclass(frozen=True)
class Uncounted:
    condition: Condition
    rows: int
    """Without a unit."""
    units: int
    """That cannot tell."""


def uncounted(definition: Definition, explorer: Explorer) -> Composed:
    """Columns: place (of the condition, from 0), kind (rows or units), count. Raises QueryError."""
    sources = read_by(definition, explorer)
    parts: dict[str, Request] = {}
    keys: dict[str, tuple[int, str, Source]] = {}
    for place, condition in enumerate(_different(definition)):
        source = sources[condition.explore]
        key = source.units[definition.unit]
        within = definition.within if place == 0 else ""
        filters = with_time(condition.filters, source, within) if within else dict(condition.filters)
        parts[f"rows_{place}"] = every_row(source, (key, source.moment, source.order), filters)
        keys[f"rows_{place}"] = (place, key, source)
        if source.counts and source.counts not in condition.filters:
            named = {name: text for name, text in filters.items() if name in (source.event, source.moment)}
            parts[f"units_{place}"] = every_row(source, (key, source.counts), named)
            keys[f"units_{place}"] = (place, key, source)

    def write(texts: Mapping[str, str], dialect: Dialect) -> str:
        return "\nUNION ALL\n".join(_one(name, keys[name], texts[name], dialect) for name in parts) + "\n"

    first = conditions_of(definition)[0].explore
    return Composed(definition.model, first, parts, write, _COLUMNS)


def read(definition: Definition, result: QueryResult) -> tuple[Uncounted, ...]:
    """By condition, those alone that leave somebody out."""
    counts = {(int(str(row[0])), str(row[1])): int(str(row[2])) for row in result.rows}
    found = (
        Uncounted(condition, counts.get((place, "rows"), 0), counts.get((place, "units"), 0))
        for place, condition in enumerate(_different(definition))
    )
    return tuple(one for one in found if one.rows or one.units)


def _different(definition: Definition) -> list[Condition]:
    found: list[Condition] = []
    for condition in conditions_of(definition):
        if condition not in found:
            found.append(condition)
    return found


def _one(name: str, key: tuple[int, str, Source], text: str, dialect: Dialect) -> str:
    place, unit, source = key
    kind = name.partition("_")[0]
    quoted = dialect.quoted(unit)
    head = f"SELECT {place} AS place, '{kind}' AS kind, COUNT(*) AS count\nFROM (\n"
    if kind == "rows":
        return f"{head}{text.rstrip()}\n) AS {name}\nWHERE {quoted} IS NULL"
    can = f"MAX(CASE WHEN {dialect.quoted(source.counts)} THEN 1 ELSE 0 END)"
    return (
        f"{head}SELECT {quoted}, {can} AS can_tell FROM (\n{text.rstrip()}\n) AS {name}\n"
        f"WHERE {quoted} IS NOT NULL GROUP BY {quoted}\n) AS told\nWHERE can_tell = 0"
    )
