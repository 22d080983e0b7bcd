"""A retention → SQL: a row a first period and period after it, with those who came back.

Rules stand at `definition.Retention`; for days the company's dbt macro `retention` follows the same, and a
test holds both to the same numbers. A period is matured once it has passed wholly, by the newest event there
is; before that its number can only be too small.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.cohorts.definition import Method, Span
from mainstem.cohorts.funnel import MEMBERS, column
from mainstem.cohorts.hits import every_row
from mainstem.query.composed import Composed
from mainstem.query.result import OutputType
from mainstem.semantics.model import Interval

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mainstem.cohorts.definition import Condition, Retention, RetentionPick
    from mainstem.cohorts.sources import Source
    from mainstem.query.dialects import Dialect
    from mainstem.query.request import Request

_COUNTS = (
    column("start", OutputType.DATE, measure=False),
    column("first", OutputType.NUMBER, measure=False),
    column("last", OutputType.NUMBER, measure=False),
    column("size", OutputType.NUMBER),
    column("retained", OutputType.NUMBER),
    column("is_matured", OutputType.NUMBER),
)


def counted(retention: Retention, sources: Mapping[str, Source]) -> Composed:
    """Columns: start (first day of the first period), first, last (periods; 0 is all that began), size,
    retained, is_matured (0 or 1)."""
    written = _Retention(retention, sources)
    return written.composed(written.counts, _COUNTS)


def members(retention: Retention, sources: Mapping[str, Source], pick: RetentionPick) -> Composed:
    """Columns: id, since (the first day of their first period)."""
    written = _Retention(retention, sources)
    return written.composed(lambda dialect: written.members(pick, dialect), MEMBERS)


def periods_of(retention: Retention) -> tuple[tuple[int, int], ...]:
    """(first, last) of each column of the answer after the first."""
    if retention.method is Method.BRACKET:
        return retention.brackets
    return tuple((n, n) for n in range(1, retention.periods + 1))


class _Retention:
    def __init__(self, retention: Retention, sources: Mapping[str, Source]) -> None:
        self.retention = retention
        self.sources = sources
        start, back = retention.start, retention.back
        self.parts = {"began": self._rows(start), "came": self._rows(back)}
        if retention.within:
            self.parts["in_time"] = self._rows(start, retention.within)
        for explore in dict.fromkeys((start.explore, back.explore)):
            source = sources[explore]
            name = f"newest_{len(self.parts)}"
            self.parts[name] = every_row(source, (source.day,), {}, retention.timezone)

    def _rows(self, condition: Condition, within: str = "") -> Request:
        source = self.sources[condition.explore]
        filters = dict(condition.filters)
        if source.counts:
            filters.setdefault(source.counts, "yes")
        if within:
            filters[source.day] = within
        return every_row(
            source, (source.units[self.retention.unit], source.day), filters, self.retention.timezone
        )

    def composed(self, select: object, columns: tuple[object, ...]) -> Composed:
        def write(texts: Mapping[str, str], dialect: Dialect) -> str:
            tail: str = select(dialect)  # type: ignore[operator] # a method of this class
            return f"{self.returns(texts, dialect)}\n{tail}\n"

        return Composed(self.retention.model, self.retention.start.explore, self.parts, write, columns)  # type: ignore[arg-type] # columns, as given above

    def returns(self, texts: Mapping[str, str], dialect: Dialect) -> str:
        """WITH … returned: u, c, p (periods after the first), each once."""
        span = self.retention.span
        ranged = ""
        if "in_time" in self.parts:
            ranged = f"\nWHERE d IN (SELECT d FROM (\n{self._days('in_time', texts, dialect)}\n) AS in_time)"
        newest = "\nUNION ALL\n".join(
            f"SELECT MAX({dialect.date_of(dialect.quoted(request.fields[0]))}) AS d\n"
            f"FROM (\n{texts[name].rstrip()}\n) AS {name}"
            for name, request in self.parts.items()
            if name.startswith("newest_")
        )
        today = dialect.date_of(dialect.now())
        return "\n".join(
            (
                "WITH firsts AS (",
                "SELECT u, MIN(d) AS d FROM (",
                self._days("began", texts, dialect),
                ") AS began WHERE u IS NOT NULL AND d IS NOT NULL GROUP BY u",
                "),",
                f"started AS (\nSELECT u, {_period(span, 'd', dialect)} AS c FROM firsts{ranged}\n),",
                "back AS (",
                f"SELECT DISTINCT u, {_period(span, 'd', dialect)} AS p FROM (",
                self._days("came", texts, dialect),
                ") AS came WHERE u IS NOT NULL AND d IS NOT NULL",
                "),",
                "returned AS (",
                f"SELECT started.u, started.c, {_apart(span, 'started.c', 'back.p', dialect)} AS n",
                "FROM started INNER JOIN back ON back.u = started.u AND back.p > started.c",
                "),",
                f"as_of AS (\nSELECT CASE WHEN MAX(d) > {today} THEN {today} ELSE MAX(d) END AS d",
                f"FROM (\n{newest}\n) AS newest\n),",
                "newest_return AS (SELECT u, c, MAX(n) AS n FROM returned GROUP BY u, c),",
                f"periods AS (\n{self._periods()}\n),",
                "sizes AS (SELECT c, COUNT(*) AS size FROM started GROUP BY c)",
            )
        )

    def _days(self, part: str, texts: Mapping[str, str], dialect: Dialect) -> str:
        request = self.parts[part]
        key, day = map(dialect.quoted, (request.fields[0], request.fields[-1]))
        return (
            f"SELECT {dialect.as_text(key)} AS u, {dialect.date_of(day)} AS d\n"
            f"FROM (\n{texts[part].rstrip()}\n) AS {part}_rows"
        )

    def _periods(self) -> str:
        return "\nUNION ALL\n".join(
            f"SELECT {first} AS first_one, {last} AS last_one" for first, last in periods_of(self.retention)
        )

    def _retained(self) -> str:
        """A row a unit and period (first_one, last_one) it came back in."""
        if self.retention.method is Method.ROLLING:
            return (
                "SELECT newest_return.u, newest_return.c, first_one, last_one FROM newest_return "
                "INNER JOIN periods ON newest_return.n >= first_one"
            )
        if self.retention.method is Method.EXACT:
            return (
                "SELECT returned.u, returned.c, first_one, last_one FROM returned "
                "INNER JOIN periods ON returned.n = first_one"
            )
        return (
            "SELECT DISTINCT returned.u, returned.c, first_one, last_one FROM returned "
            "INNER JOIN periods ON returned.n >= first_one AND returned.n <= last_one"
        )

    def counts(self, dialect: Dialect) -> str:
        over = _apart(self.retention.span, "sizes.c", "as_of.d", dialect)
        return (
            ", kept AS (\nSELECT c, first_one, last_one, COUNT(*) AS units\n"
            f"FROM (\n{self._retained()}\n) AS came_back "
            "GROUP BY c, first_one, last_one\n)\n"
            "SELECT sizes.c, 0 AS first_one, 0 AS last_one, sizes.size, sizes.size AS retained,\n"
            "  1 AS is_matured\nFROM sizes\nUNION ALL\n"
            "SELECT sizes.c, periods.first_one, periods.last_one, sizes.size,\n"
            "  COALESCE(kept.units, 0) AS retained,\n"
            f"  CASE WHEN {over} > periods.last_one THEN 1 ELSE 0 END AS is_matured\n"
            "FROM sizes CROSS JOIN periods CROSS JOIN as_of\n"
            "LEFT JOIN kept ON kept.c = sizes.c AND kept.first_one = periods.first_one "
            "AND kept.last_one = periods.last_one\n"
            "ORDER BY 1, 2, 3"
        )

    def members(self, pick: RetentionPick, dialect: Dialect) -> str:
        since = dialect.time_of("started.c")
        begun = f" AND started.c = CAST({dialect.text(pick.start)} AS DATE)" if pick.start else ""
        if pick.first == 0:
            return f"SELECT started.u AS id, {since} AS since FROM started WHERE 1 = 1{begun}\nORDER BY 1"
        came = (
            f"(SELECT u FROM (\n{self._retained()}\n) AS came_back "
            f"WHERE first_one = {pick.first} AND last_one = {pick.last})"
        )
        if pick.outcome == "retained":
            return (
                f"SELECT started.u AS id, {since} AS since FROM started\n"
                f"WHERE started.u IN {came}{begun}\nORDER BY 1"
            )
        over = _apart(self.retention.span, "started.c", "as_of.d", dialect)
        return (
            f"SELECT started.u AS id, {since} AS since FROM started CROSS JOIN as_of\n"
            f"WHERE started.u NOT IN {came} AND {over} > {pick.last}{begun}\nORDER BY 1"
        )


def _period(span: Span, sql: str, dialect: Dialect) -> str:
    return sql if span is Span.DAY else dialect.date_of(dialect.truncated(span.value, sql))  # type: ignore[arg-type] # a unit


def _apart(span: Span, start: str, end: str, dialect: Dialect) -> str:
    """Whole periods between two days; `start` begins one."""
    return dialect.elapsed(Interval(span.value), start, end)
