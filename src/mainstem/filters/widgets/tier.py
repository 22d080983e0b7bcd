"""A control for the labels of a tier, or of any known list of values: some of them, or all but some."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from mainstem.errors import QueryError
from mainstem.filters.conditions import Anything, Condition, Not, TextIs
from mainstem.filters.grammar import Grammar
from mainstem.filters.inverse import expression_of
from mainstem.filters.tier import parse_tier

if TYPE_CHECKING:
    from collections.abc import Sequence


class TierWidget(msgspec.Struct, frozen=True):
    """No labels mean any value. Raises QueryError for a label that is there twice, or none to refuse."""

    labels: tuple[str, ...] = ()
    refused: bool = False

    def __post_init__(self) -> None:
        if len(set(self.labels)) < len(self.labels):
            raise QueryError("a tier's control takes each label once")
        if self.refused and not self.labels:
            raise QueryError("a tier's control needs a label to refuse")

    def condition(self) -> Condition:
        if not self.labels:
            return Anything()
        return Not(TextIs(self.labels)) if self.refused else TextIs(self.labels)

    def to_expression(self) -> str:
        """Raises QueryError for a label no expression can hold: one that looks like a user attribute."""
        expression = expression_of(Grammar.TIER, self.condition())
        if expression is None:
            raise QueryError(f"no filter expression is {', '.join(map(repr, self.labels))}")
        return expression

    @classmethod
    def from_expression(cls, expression: str, labels: Sequence[str] = ()) -> TierWidget | None:
        """`labels` are the tier's own, where they are known."""
        match parse_tier(expression, labels):
            case Anything():
                return cls()
            case TextIs(values):
                return cls(values)
            case Not(TextIs(values)):
                return cls(values, refused=True)
            case _:
                return None
