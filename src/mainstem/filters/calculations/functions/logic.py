"""Which value stands: the first that is there, or one by a condition. `if` and `case` are of the grammar."""

from __future__ import annotations

from typing import Final

from mainstem.filters.calculations.functions.parameters import anything, several, yesno
from mainstem.filters.calculations.functions.record import Function, Scalar
from mainstem.filters.calculations.kinds import YESNO, Value


def _first(*values: Value) -> Value:
    return next((value for value in values if value is not None), None)


LOGIC: Final = (
    Function(
        "if",
        "logical",
        (yesno("yesno_expression"), anything("value_if_yes"), anything("value_if_no")),
        "common",
        "`value_if_yes` where the condition is yes, `value_if_no` where it is no or null",
        'if(${orders.count} > 3, "many", "few")',
        "few · many · many",
        None,
        everywhere=True,
    ),
    Function(
        "case",
        "logical",
        (several("when(yesno_arg, value_if_yes)"), anything("else_value")),
        "common",
        "The value of the first when() whose condition is yes, else `else_value`, or null without one",
        'case(when(${orders.count} > 5, "many"), when(${orders.count} > 3, "some"), "few")',
        "few · some · many",
        None,
        everywhere=True,
    ),
    Function(
        "coalesce",
        "logical",
        (several("value", listed=True),),
        "common",
        "The first of the values that is not null",
        'coalesce(${orders.city}, "unknown")',
        "Oslo · Rome · unknown",
        Scalar(_first, takes_null=True),
        everywhere=True,
    ),
    Function(
        "is_null",
        "logical",
        (anything("value", listed=True),),
        YESNO,
        "Whether there is no value",
        "is_null(${orders.city})",
        "no · no · yes",
        Scalar(lambda value: value is None, takes_null=True),
        everywhere=True,
    ),
)
