"""Google BigQuery, standard SQL. Checked as text: no test runs it.

Dates and times are taken as DATETIME, to which DATE and TIMESTAMP both cast (the latter as UTC shows it),
so that one function does for every column.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.query.dialects.aggregates import HashedAggregates
from mainstem.query.dialects.contract import Dialect
from mainstem.query.dialects.times import MONTHS, SECONDS
from mainstem.semantics.model import Datatype

if TYPE_CHECKING:
    from datetime import datetime

    from mainstem.query.dialects.times import Part, Unit
    from mainstem.semantics.model import Interval

_PARTS = {"week": "ISOWEEK", "doy": "DAYOFYEAR"}
_LARGER: dict[str, Unit] = {"millisecond": "second", "minute": "hour", "hour": "day"}
_ESCAPES = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r"}


class BigQuery(HashedAggregates, Dialect):
    quote = "`"
    parsed_as = "bigquery"
    text_type = "STRING"
    float_type = "FLOAT64"

    def quoted(self, identifier: str) -> str:
        """Names of columns have no dots."""
        return f"`{identifier.replace('.', '_').replace('`', '_')}`"

    def text(self, value: str) -> str:
        """A quote is escaped by a backslash, never by another."""
        return "'" + "".join(_ESCAPES.get(character, character) for character in value) + "'"

    def like(self, sql: str, pattern: str, case_sensitive: bool = True) -> str:
        """LIKE escapes with a backslash and knows no other way."""
        escaped = pattern.replace("\\", "\\\\").replace("^^", "\0").replace("^", "\\").replace("\0", "^")
        if case_sensitive:
            return f"{sql} LIKE {self.text(escaped)}"
        return f"LOWER({sql}) LIKE LOWER({self.text(escaped)})"

    def hashed(self, key: str) -> str:
        return f"CAST(FARM_FINGERPRINT(CAST({key} AS STRING)) AS BIGNUMERIC) * 1000000000"

    def exact(self, value: str) -> str:
        return f"CAST({value} AS BIGNUMERIC)"

    def percentile(self, value: str, fraction: str) -> str:
        """APPROX_QUANTILES is the one percentile that aggregates; PERCENTILE_CONT is a window function."""
        return f"APPROX_QUANTILES({value}, 1000)[OFFSET(CAST({fraction} * 1000 AS INT64))]"

    def listed(self, value: str) -> str:
        text = f"CAST({value} AS STRING)"
        return f"STRING_AGG(DISTINCT {text}, ', ' ORDER BY {text})"

    def approximate_count_distinct(self, value: str) -> str:
        return f"APPROX_COUNT_DISTINCT({value})"

    def time_of(self, sql: str) -> str:
        return sql if sql.startswith("DATETIME") else f"CAST({sql} AS DATETIME)"

    def text_of(self, sql: str, pattern: str) -> str:
        return f"FORMAT_DATETIME('{pattern}', {self.time_of(sql)})"

    def year_and_quarter(self, sql: str) -> str:
        return self.text_of(sql, "%Y-Q%Q")

    def truncated(self, unit: Unit, sql: str) -> str:
        return f"DATETIME_TRUNC({self.time_of(sql)}, {'ISOWEEK' if unit == 'week' else unit.upper()})"

    def shifted(self, sql: str, count: int, unit: Unit) -> str:
        return f"DATETIME_ADD({self.time_of(sql)}, INTERVAL {count} {unit.upper()})" if count else sql

    def part(self, part: Part, sql: str) -> str:
        return self.part_named(_PARTS.get(part, part.upper()), sql)

    def weekday(self, sql: str) -> str:
        """DAYOFWEEK is 1 on Sundays."""
        return f"MOD({self.part_named('DAYOFWEEK', sql)} + 5, 7)"

    def converted(self, sql: str, source: str, target: str) -> str:
        if source == "UTC":
            return f"DATETIME(CAST({sql} AS TIMESTAMP), '{target}')"
        return f"DATETIME(TIMESTAMP({self.time_of(sql)}, '{source}'), '{target}')"

    def log10(self, number: str) -> str:
        return f"LOG10({number})"

    def random(self) -> str:
        return "RAND()"

    def whole(self, number: str) -> str:
        return f"CAST({number} AS INT64)"

    def shifted_by(self, sql: str, count: str, unit: Unit) -> str:
        return f"DATETIME_ADD({self.time_of(sql)}, INTERVAL {self.whole(count)} {unit.upper()})"

    def made_date(self, year: str, month: str, day: str) -> str:
        return f"DATE({', '.join(map(self.whole, (year, month, day)))})"

    def made_time(self, year: str, month: str, day: str, hour: str, minute: str, second: str) -> str:
        return f"DATETIME({', '.join(map(self.whole, (year, month, day, hour, minute, second)))})"

    def elapsed(self, interval: Interval, start: str, end: str) -> str:
        begin, finish = self.time_of(start), self.time_of(end)
        if interval in SECONDS:
            return self._whole(f"DATETIME_DIFF({finish}, {begin}, SECOND)", SECONDS[interval])
        months = f"DATETIME_DIFF({finish}, {begin}, MONTH)"
        early = f"IF(DATETIME_ADD({begin}, INTERVAL {months} MONTH) > {finish}, 1, 0)"
        late = f"IF(DATETIME_ADD({begin}, INTERVAL {months} MONTH) < {finish}, 1, 0)"
        whole = f"({months} + IF({finish} < {begin}, {late}, -{early}))"
        return self._whole(whole, MONTHS[interval])

    def _whole(self, count: str, size: int) -> str:
        return count if size == 1 else f"DIV({count}, {size})"

    def bucketed(self, sql: str, count: int, unit: Unit) -> str:
        part = f"DIV({self.part_named(unit.upper(), sql)}, {count}) * {count}"
        return f"DATETIME_ADD({self.truncated(_LARGER[unit], sql)}, INTERVAL {part} {unit.upper()})"

    def from_epoch(self, sql: str) -> str:
        return f"TIMESTAMP_SECONDS({sql})"

    def from_yyyymmdd(self, sql: str) -> str:
        return f"PARSE_DATE('%Y%m%d', CAST({sql} AS STRING))"

    def timestamp(self, value: datetime, datatype: Datatype) -> str:
        """Text takes the type of what it is compared with: a DATETIME is not compared with a TIMESTAMP."""
        text = f"'{value:%Y-%m-%d %H:%M:%S}'"
        return f"TIMESTAMP {text}" if datatype in (Datatype.TIMESTAMP, Datatype.EPOCH) else text

    def now(self) -> str:
        return "CURRENT_DATETIME()"
