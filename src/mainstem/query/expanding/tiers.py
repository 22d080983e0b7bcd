"""`type: tier` and `type: bin`: a number becomes the label of the stretch it is in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.semantics.tiers import tier_labels

if TYPE_CHECKING:
    from mainstem.query.dialects import Dialect
    from mainstem.semantics.model import Dimension


def label(dimension: Dimension, sql: str, dialect: Dialect) -> str:
    labels = tier_labels(dimension.tiers, dimension.style)
    return _cases(dimension, sql, [dialect.text(label) for label in labels], dialect)


def position(dimension: Dimension, sql: str, dialect: Dialect) -> str:
    """Of the label among all; no number at all comes last."""
    return _cases(dimension, sql, [str(n) for n in range(len(dimension.tiers) + 2)], dialect)


def _cases(dimension: Dimension, sql: str, results: list[str], dialect: Dialect) -> str:
    """A branch is only reached by numbers that are not below its predecessor's bound."""
    branches = [
        f"WHEN {sql} < {dialect.number(bound)} THEN {result}"
        for bound, result in zip(dimension.tiers, results, strict=False)
    ]
    last = f"WHEN {sql} IS NOT NULL THEN {results[-2]}" if dimension.tiers else ""
    return f"CASE {' '.join([*branches, last])} ELSE {results[-1]} END" if dimension.tiers else results[-1]
