"""Every measure in one SELECT; values of repeated rows are picked out by their keys."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from mainstem.query.aggregation.keys import DISTINCT, Keys, when
from mainstem.semantics.model import MeasureType

if TYPE_CHECKING:
    from mainstem.query.dialects import Dialect
    from mainstem.query.plan import Aggregate, Expanded, MeasureExpression

_MEDIAN = Decimal(50)


def in_one_select(expanded: Expanded, keys: Keys, dialect: Dialect) -> dict[str, str]:
    """`view.measure` → SQL."""
    return {name: _measure(measure, keys, dialect) for name, measure in expanded.measures.items()}


def _measure(measure: MeasureExpression, keys: Keys, dialect: Dialect) -> str:
    return "".join(
        part if isinstance(part, str) else aggregated(part, keys, dialect) for part in measure.parts
    )


def aggregated(part: Aggregate, keys: Keys, dialect: Dialect) -> str:
    if part.type is MeasureType.COUNT:
        return _count(part, keys)
    value = keys.value(part)
    key = keys.once(part)
    if key is not None:
        return _once(part, key, value, dialect)
    return plain(part.type, value, part, dialect)


def plain(kind: MeasureType, value: str, part: Aggregate, dialect: Dialect) -> str:
    """The aggregate of rows that are there once."""
    match kind:
        case MeasureType.COUNT_DISTINCT if part.approximate:
            return dialect.approximate_count_distinct(value)
        case MeasureType.COUNT_DISTINCT:
            return f"COUNT(DISTINCT {value})"
        case MeasureType.AVERAGE:
            return f"AVG({value})"
        case MeasureType.MEDIAN | MeasureType.PERCENTILE:
            return dialect.percentile(value, fraction(part))
        case MeasureType.LIST:
            return dialect.listed(value)
        case _:
            return f"{kind.upper()}({value})"


def fraction(part: Aggregate) -> str:
    """0.9 for the 90th percentile."""
    percentile = _MEDIAN if part.percentile is None else part.percentile
    return f"{(percentile / 100).normalize():f}"


def _count(part: Aggregate, keys: Keys) -> str:
    repeated = keys.is_repeated(part)
    if not repeated and not keys.is_optional(part):
        return f"COUNT({when(part.condition, '1')})" if part.condition else "COUNT(*)"
    return f"COUNT({'DISTINCT ' if repeated else ''}{when(part.condition, keys.of(part))})"


def _once(part: Aggregate, key: str, value: str, dialect: Dialect) -> str:
    match DISTINCT.get(part.type, part.type):
        case MeasureType.SUM:
            return dialect.sum_once(key, value)
        case MeasureType.AVERAGE:
            return dialect.average_once(key, value)
        case _:
            return dialect.percentile_once(key, value, fraction(part))
