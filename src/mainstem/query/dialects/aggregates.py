"""How a dialect aggregates where standard SQL does not reach: percentiles, lists, and values that a join
repeats and that count once.

`…_once(key, value)` aggregates the value of each key once, in one SELECT, whatever repeats its rows. Rows
without a value, and the key of a missing row, count for nothing.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

from mainstem.errors import QueryError

ROW_NUMBER = "mainstem_row"
"""Column of the numbered rows of a view that has no primary key."""


class Aggregates:
    """Standard SQL, as far as there is one."""

    def percentile(self, value: str, fraction: str) -> str:
        """`fraction` is a literal from 0 to 1; between two values it interpolates."""
        return f"PERCENTILE_CONT({fraction}) WITHIN GROUP (ORDER BY {value})"

    def listed(self, value: str) -> str:
        """The different values as text, in order, with `, ` between."""
        text = f"CAST({value} AS VARCHAR)"
        return f"STRING_AGG(DISTINCT {text}, ', ' ORDER BY {text})"

    def approximate_count_distinct(self, value: str) -> str:
        return f"COUNT(DISTINCT {value})"

    def sum_once(self, key: str, value: str) -> str:
        raise QueryError("this dialect cannot sum repeated rows once in one SELECT")

    def average_once(self, key: str, value: str) -> str:
        return f"{self.sum_once(key, value)} / NULLIF({self.count_once(key, value)}, 0)"

    def count_once(self, key: str, value: str) -> str:
        """How many keys have a value."""
        return f"COUNT(DISTINCT CASE WHEN {value} IS NOT NULL THEN {key} END)"

    def percentile_once(self, key: str, value: str, fraction: str) -> str:
        raise QueryError(
            "this warehouse cannot take a median or percentile of rows that a join repeats beside other "
            "measures; ask for it alone"
        )

    def numbered(self, table: str) -> str:
        """`table` (what a FROM reads) with a number in each row, unique within the query."""
        return f"(SELECT *, ROW_NUMBER() OVER () AS {ROW_NUMBER} FROM {table})"

    def same(self, left: str, right: str) -> str:
        """Equality for which two NULLs are the same."""
        return f"{left} IS NOT DISTINCT FROM {right}"


class ListingAggregates(Aggregates):
    """DuckDB: a list of distinct structs, exact for every type of number."""

    def percentile(self, value: str, fraction: str) -> str:
        # Of decimals it would be rounded to their places.
        return f"QUANTILE_CONT(CAST({value} AS DOUBLE), {fraction})"

    def approximate_count_distinct(self, value: str) -> str:
        return f"APPROX_COUNT_DISTINCT({value})"

    def sum_once(self, key: str, value: str) -> str:
        return f"LIST_SUM({self._values(key, value)})"

    def average_once(self, key: str, value: str) -> str:
        return f"LIST_AVG({self._values(key, value)})"

    def percentile_once(self, key: str, value: str, fraction: str) -> str:
        as_double = self._values(key, f"CAST({value} AS DOUBLE)")
        return f"LIST_AGGREGATE({as_double}, 'quantile_cont', {fraction})"

    def _values(self, key: str, value: str) -> str:
        pairs = f"LIST(DISTINCT {{'key': {key}, 'value': {value}}}) FILTER (WHERE {value} IS NOT NULL)"
        return f"LIST_TRANSFORM({pairs}, lambda one: one.value)"


class JsonAggregates(Aggregates):
    """Postgres: an array of distinct pairs, aggregated by a subquery; exact, numbers come as NUMERIC."""

    def sum_once(self, key: str, value: str) -> str:
        return self._over(key, value, "SUM((one ->> 1)::NUMERIC)")

    def average_once(self, key: str, value: str) -> str:
        return self._over(key, value, "AVG((one ->> 1)::NUMERIC)")

    def percentile_once(self, key: str, value: str, fraction: str) -> str:
        return self._over(key, value, self.percentile("(one ->> 1)::DOUBLE PRECISION", fraction))

    def same(self, left: str, right: str) -> str:
        """Postgres hashes equality alone, so that is asked as well."""
        plain = [f"COALESCE(CAST({side} AS TEXT), '')" for side in (left, right)]
        return f"({plain[0]} = {plain[1]} AND {left} IS NOT DISTINCT FROM {right})"

    def _over(self, key: str, value: str, aggregate: str) -> str:
        pairs = f"JSONB_AGG(DISTINCT JSONB_BUILD_ARRAY({key}, {value})) FILTER (WHERE {value} IS NOT NULL)"
        return f"(SELECT {aggregate} FROM JSONB_ARRAY_ELEMENTS({pairs}) AS one)"


class HashedAggregates(Aggregates, ABC):
    """Each value is added to a large number made of its key; what the large numbers come to is taken off
    again. Exact as far as `exact` is; two keys are mistaken for one about once in 2^60.

    The form is the one Looker's documentation gives for symmetric aggregates.
    """

    @abstractmethod
    def hashed(self, key: str) -> str:
        """A whole number of about 27 digits."""

    @abstractmethod
    def exact(self, value: str) -> str:
        """The value as a decimal that can be added to it."""

    def sum_once(self, key: str, value: str) -> str:
        big = self.hashed(key)
        own = f"CASE WHEN {value} IS NOT NULL THEN {big} END"
        return f"(SUM(DISTINCT {big} + {self.exact(value)}) - SUM(DISTINCT {own}))"
