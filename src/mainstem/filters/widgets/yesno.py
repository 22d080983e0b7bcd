"""A control for yes and no."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from mainstem.filters.conditions import Anything, Condition, IsTrue, Not
from mainstem.filters.yesno import parse_yesno


class YesnoChoice(StrEnum):
    ANY = "is any value"
    YES = "is yes"
    NO = "is no"


_EXPRESSIONS = {YesnoChoice.ANY: "", YesnoChoice.YES: "Yes", YesnoChoice.NO: "No"}
_CONDITIONS: dict[YesnoChoice, Condition] = {
    YesnoChoice.ANY: Anything(),
    YesnoChoice.YES: IsTrue(),
    YesnoChoice.NO: Not(IsTrue()),
}


class YesnoWidget(msgspec.Struct, frozen=True):
    choice: YesnoChoice = YesnoChoice.ANY

    def condition(self) -> Condition:
        return _CONDITIONS[self.choice]

    def to_expression(self) -> str:
        return _EXPRESSIONS[self.choice]

    @classmethod
    def from_expression(cls, expression: str) -> YesnoWidget | None:
        condition = parse_yesno(expression)
        return next((cls(choice) for choice, known in _CONDITIONS.items() if known == condition), None)
