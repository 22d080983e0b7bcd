"""Arithmetic, powers, angles and counting: of the numbers of one row.

Outside of where a function is defined (the root of -1, the arc sine of 2) its value is null.
"""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from mainstem.filters.calculations import reckoning
from mainstem.filters.calculations.functions.parameters import number
from mainstem.filters.calculations.functions.record import Frame, Function, Parameter, Placed, Scalar
from mainstem.filters.calculations.kinds import NUMBER, Cells

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mainstem.filters.calculations.expression import Expression
    from mainstem.filters.calculations.reckoning import MaybeReal, Real

_MOST_CHOSEN: Final = 1100
"""From here on there are more ways to choose than a float can hold."""


def _formula(formula: Callable[[float], float]) -> Scalar:
    return Scalar(lambda value: reckoning.by_float(formula, value))


def _round(value: Real, decimals: Real = 0) -> MaybeReal:
    return reckoning.rounded(value, reckoning.whole(decimals))


def _up(value: Real) -> int:
    return math.ceil(value)


def _down(value: Real) -> int:
    return math.floor(value)


def _factorial(value: Real) -> MaybeReal:
    whole = reckoning.whole(value)
    return math.factorial(whole) if 0 <= whole <= 170 else None


def _combinations(size: Real, selected: Real) -> MaybeReal:
    of, chosen = reckoning.whole(size), reckoning.whole(selected)
    if chosen < 0 or of < chosen:
        return None
    fewer = min(chosen, of - chosen)
    return reckoning.settled(math.comb(of, fewer)) if fewer <= _MOST_CHOSEN else None


def _multinomial(*values: Real) -> MaybeReal:
    ways: MaybeReal = 1
    seen = 0
    for value in values:
        seen += reckoning.whole(value)
        more = _combinations(seen, value)
        ways = reckoning.multiply(ways, more) if ways is not None and more is not None else None
    return ways


def _log(value: Real) -> MaybeReal:
    return reckoning.by_float(math.log10, value)


def _root(value: Real) -> MaybeReal:
    """Exact for squares of integers."""
    if isinstance(value, int) and value >= 0 and math.isqrt(value) ** 2 == value:
        return math.isqrt(value)
    return reckoning.by_float(math.sqrt, value)


def _absolute(value: Real) -> Real:
    return value.copy_abs() if isinstance(value, Decimal) else abs(value)


def _random(frame: Frame, arguments: Sequence[Expression]) -> Cells:
    return [frame.random() for _ in range(frame.rows)]


def _of_a_number(
    name: str, run: Scalar, purpose: str, example: str, shows: str, everywhere: bool = False
) -> Function:
    return Function(
        name, "mathematical", (number("value"),), NUMBER, purpose, example, shows, run, everywhere=everywhere
    )


MATHEMATICS: Final = (
    _of_a_number("abs", Scalar(_absolute), "The value without its sign", "abs(-3)", "3", everywhere=True),
    _of_a_number(
        "ceiling", Scalar(_up), "The next integer that is not smaller", "ceiling(2.1)", "3", everywhere=True
    ),
    _of_a_number("exp", _formula(math.exp), "e raised to the value", "exp(0)", "1", everywhere=True),
    _of_a_number(
        "floor", Scalar(_down), "The next integer that is not larger", "floor(-2.1)", "-3", everywhere=True
    ),
    _of_a_number("ln", _formula(math.log), "The natural logarithm", "ln(exp(2))", "2", everywhere=True),
    _of_a_number("log", Scalar(_log), "The logarithm to base 10", "log(1000)", "3", everywhere=True),
    Function(
        "mod",
        "mathematical",
        (number("value"), number("divisor")),
        NUMBER,
        "What a division leaves over, with the sign of the value",
        "mod(-7, 3)",
        "-1",
        Scalar(reckoning.remainder),
        everywhere=True,
    ),
    Function(
        "power",
        "mathematical",
        (number("base"), number("exponent")),
        NUMBER,
        "The base raised to the exponent",
        "power(2, 10)",
        "1024",
        Scalar(reckoning.power),
        everywhere=True,
    ),
    Function(
        "rand",
        "mathematical",
        (),
        NUMBER,
        "A random number from 0 up to 1, another for every row",
        "floor(rand())",
        "0",
        Placed(_random),
        everywhere=True,
    ),
    Function(
        "round",
        "mathematical",
        (number("value"), number("num_decimals", optional=True)),
        NUMBER,
        "The value to so many decimals, none unless said; halves go away from zero",
        "round(1.005, 2)",
        "1.01",
        Scalar(_round),
        everywhere=True,
    ),
    _of_a_number("sqrt", Scalar(_root), "The square root", "sqrt(81)", "9", everywhere=True),
    _of_a_number("acos", _formula(math.acos), "The angle whose cosine is the value", "acos(1)", "0"),
    _of_a_number("asin", _formula(math.asin), "The angle whose sine is the value", "asin(0)", "0"),
    _of_a_number("atan", _formula(math.atan), "The angle whose tangent is the value", "atan(0)", "0"),
    _of_a_number("cos", _formula(math.cos), "The cosine of an angle in radians", "cos(0)", "1"),
    _of_a_number("sin", _formula(math.sin), "The sine of an angle in radians", "sin(0)", "0"),
    _of_a_number("tan", _formula(math.tan), "The tangent of an angle in radians", "tan(0)", "0"),
    _of_a_number("degrees", _formula(math.degrees), "Radians as degrees", "degrees(pi())", "180"),
    _of_a_number("radians", _formula(math.radians), "Degrees as radians", "radians(180) / pi()", "1"),
    Function(
        "pi",
        "mathematical",
        (),
        NUMBER,
        "The ratio of a circle's circumference to its diameter",
        "round(pi(), 5)",
        "3.14159",
        Scalar(lambda: math.pi),
    ),
    Function(
        "combin",
        "mathematical",
        (number("set_size"), number("selection_size")),
        NUMBER,
        "How many ways there are to choose some of a set",
        "combin(5, 2)",
        "10",
        Scalar(_combinations),
    ),
    _of_a_number("fact", Scalar(_factorial), "The factorial, up to that of 170", "fact(5)", "120"),
    Function(
        "multinomial",
        "mathematical",
        (Parameter("value", "number", repeated=True),),
        NUMBER,
        "The factorial of the sum, divided by the factorials of all values",
        "multinomial(2, 3, 4)",
        "1260",
        Scalar(_multinomial),
    ),
)
