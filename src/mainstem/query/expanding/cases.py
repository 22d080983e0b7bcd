"""`case:` of a dimension: the label of the first branch whose condition holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mainstem.query.dialects import Dialect


def label(conditions: Sequence[str], labels: Sequence[str], otherwise: str | None, dialect: Dialect) -> str:
    results = [dialect.text(label) for label in labels]
    return _cases(conditions, results, dialect.text(otherwise) if otherwise is not None else None)


def position(conditions: Sequence[str], otherwise: str | None) -> str:
    """Of the branch, as they are written; what falls through comes last."""
    results = [str(n) for n in range(len(conditions))]
    return _cases(conditions, results, str(len(results)) if otherwise is not None else None)


def _cases(conditions: Sequence[str], results: Sequence[str], otherwise: str | None) -> str:
    branches = [f"WHEN {c} THEN {result}" for c, result in zip(conditions, results, strict=True)]
    last = f" ELSE {otherwise}" if otherwise is not None else ""
    return f"CASE {' '.join(branches)}{last} END"
