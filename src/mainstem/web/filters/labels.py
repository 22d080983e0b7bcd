"""Rows of yes and no, and of tiers: a few known answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.filters.widgets import TierWidget, YesnoChoice, YesnoWidget
from mainstem.web.filters.rows import Operator, Row

if TYPE_CHECKING:
    from collections.abc import Sequence

YESNO = (Operator("any", "any"), Operator("yes", "yes"), Operator("no", "no"))
TIERS = (Operator("is", "is", "labels"), Operator("is_not", "is not", "labels"))


def yesno_row(widget: YesnoWidget) -> Row:
    return Row(widget.choice.name.lower())


def yesno_widget(row: Row, _: Sequence[str] = ()) -> YesnoWidget:
    return YesnoWidget(YesnoChoice[row.operator.upper()])


def tier_row(widget: TierWidget) -> Row:
    return Row("is_not" if widget.refused else "is", widget.labels)


def tier_widget(row: Row, _: Sequence[str] = ()) -> TierWidget | None:
    values = tuple(dict.fromkeys(row.values))
    return TierWidget(values, refused=row.operator == "is_not") if values else None
