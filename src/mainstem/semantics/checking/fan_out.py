"""Views whose rows a join repeats and that have no primary key to tell them apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.semantics.model import EXPRESSIONS, OVER_ROWS, MeasureType, Relationship

if TYPE_CHECKING:
    from mainstem.semantics.checking.uses import Use, Used
    from mainstem.semantics.problems import Problems

_REPEAT_THE_REST = frozenset({Relationship.ONE_TO_MANY, Relationship.MANY_TO_MANY})
_REPEAT_THE_JOINED = frozenset({Relationship.MANY_TO_ONE, Relationship.MANY_TO_MANY})
_SAFE = EXPRESSIONS | OVER_ROWS | {MeasureType.COUNT_DISTINCT, MeasureType.MIN, MeasureType.MAX}
"""Measures that no repetition changes, or that aggregate nothing themselves."""


def check_fan_out(used: Used, problems: Problems) -> None:
    view = used.view
    if view.primary_key or all(measure.type in _SAFE for measure in view.measures.values()):
        return
    explores = dict.fromkeys(use.explore.name for use in used.uses if _is_repeated(use))
    if explores:
        first, *others = explores
        more = f" and {len(others)} more" if others else ""
        problems.warning(
            view.origin,
            f"view {view.name} has measures and no primary key, but its rows are repeated in explore "
            f"{first}{more}; they are numbered there, and a dimension with `primary_key: yes` is faster",
        )


def _is_repeated(use: Use) -> bool:
    own = use.explore.joins.get(use.alias)
    if own is not None and own.relationship in _REPEAT_THE_JOINED:
        return True
    return any(
        join.relationship in _REPEAT_THE_REST for join in use.explore.joins.values() if join is not own
    )
