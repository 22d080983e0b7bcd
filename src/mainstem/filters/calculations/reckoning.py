"""Arithmetic with nulls: exact for integers and decimals, IEEE for floats, null where there is no number.

An operand that is null gives null, as does a division by zero, and any result past what a float can hold: a
cell shows nothing rather than an infinity. A decimal that meets a float becomes one.
"""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from fractions import Fraction

Real: TypeAlias = int | float | Decimal
MaybeReal: TypeAlias = int | float | Decimal | None

LARGEST: Final = 2**1023
_MOST_DIGITS: Final = 28
"""Of a quotient that is taken for one that ends; it is reckoned with more."""

_CONTEXT = Context(prec=40, rounding=ROUND_HALF_UP, Emin=-400, Emax=400, traps=[])


def settled(number: MaybeReal) -> MaybeReal:
    """The number, or null for what is none: not-a-number, an infinity, anything past a float's range."""
    if isinstance(number, float):
        return number if math.isfinite(number) else None
    if isinstance(number, Decimal):
        return number if number.is_finite() and number.adjusted() <= 307 else None
    if number is None:
        return None
    return number if -LARGEST < number < LARGEST else None


def together(left: Real, right: Real) -> tuple[Real, Real]:
    """Two numbers that Python will reckon with each other."""
    if isinstance(left, float) and isinstance(right, Decimal):
        return left, float(right)
    if isinstance(left, Decimal) and isinstance(right, float):
        return float(left), right
    return left, right


def alike(numbers: Sequence[Real]) -> list[Real]:
    """All as floats where one is a float; else as they are, which Python adds exactly."""
    if any(isinstance(number, float) for number in numbers):
        return [float(number) for number in numbers]
    return list(numbers)


def add(left: Real, right: Real) -> MaybeReal:
    one, other = together(left, right)
    if isinstance(one, Decimal) or isinstance(other, Decimal):
        return settled(_CONTEXT.add(Decimal(one), Decimal(other)))
    return settled(one + other)


def subtract(left: Real, right: Real) -> MaybeReal:
    return add(left, negative(right))


def multiply(left: Real, right: Real) -> MaybeReal:
    one, other = together(left, right)
    if isinstance(one, Decimal) or isinstance(other, Decimal):
        return settled(_CONTEXT.multiply(Decimal(one), Decimal(other)))
    return settled(one * other)


def divide(left: Real, right: Real) -> MaybeReal:
    """Null by zero. Integers give an integer where nothing is left over; decimals a decimal where it ends."""
    if right == 0:
        return None
    one, other = together(left, right)
    if isinstance(one, Decimal) or isinstance(other, Decimal):
        return _ended(_CONTEXT.divide(Decimal(one), Decimal(other)), lambda: float(one) / float(other))
    if isinstance(one, int) and isinstance(other, int) and one % other == 0:
        return one // other
    return _float(lambda: one / other)


def remainder(left: Real, right: Real) -> MaybeReal:
    """With the sign of the dividend, as in SQL; null for a divisor of zero."""
    if right == 0:
        return None
    one, other = together(left, right)
    if isinstance(one, int) and isinstance(other, int):
        rest = abs(one) % abs(other)
        return rest if one >= 0 else -rest
    if isinstance(one, float) or isinstance(other, float):
        return by_float(math.fmod, one, other)
    return settled(_CONTEXT.remainder(Decimal(one), Decimal(other)))


def power(base: Real, exponent: Real) -> MaybeReal:
    """Exact for a whole exponent of an integer where it fits a float; null where there is no real result."""
    if isinstance(base, int) and isinstance(exponent, int) and exponent >= 0:
        return settled(base**exponent) if exponent * base.bit_length() <= 2048 else _overflown(base)
    if isinstance(base, Decimal) and isinstance(exponent, int) and abs(exponent) <= 1000:
        return _ended(_CONTEXT.power(base, exponent), lambda: math.pow(float(base), exponent))
    return _float(lambda: math.pow(float(base), float(exponent)))


def negative(number: Real) -> Real:
    return _CONTEXT.minus(number) if isinstance(number, Decimal) else -number


def rounded(number: Real, decimals: int) -> MaybeReal:
    """Halves away from zero, of the number as it is written: 1.005 to two decimals is 1.01."""
    if isinstance(number, int) and decimals >= 0:
        return number
    exact = Decimal(repr(number)) if isinstance(number, float) else Decimal(number)
    if decimals > 300 or exact.adjusted() + decimals > 400:
        return number
    if decimals < -310:
        return 0
    result = exact.quantize(Decimal(1).scaleb(-decimals), context=Context(prec=800, rounding=ROUND_HALF_UP))
    if decimals <= 0:
        return int(result)
    return float(result) if isinstance(number, float) else result


def total(numbers: Sequence[Real]) -> MaybeReal:
    """The sum; of floats, to the last bit and whatever their order."""
    same = alike(numbers)
    if any(isinstance(number, float) for number in same):
        return _float(lambda: math.fsum(same))
    if any(isinstance(number, Decimal) for number in same):
        found = Decimal(0)
        for number in same:
            found = _CONTEXT.add(found, Decimal(number))
        return settled(found)
    return settled(sum(same))


def exact(fraction: Fraction) -> MaybeReal:
    """A result that was reckoned in fractions: an integer where it is one, else the nearest float."""
    if fraction.denominator == 1:
        return settled(fraction.numerator)
    return _float(lambda: fraction.numerator / fraction.denominator)


def decimal_of(fraction: Fraction) -> MaybeReal:
    """A decimal where it ends, else the nearest float."""
    return divide(Decimal(fraction.numerator), Decimal(fraction.denominator))


def by_float(formula: Callable[..., float], *numbers: Real) -> MaybeReal:
    """A formula over floats; null outside of where it is defined."""
    return _float(lambda: formula(*map(float, numbers)))


def whole(number: Real) -> int:
    """The integer part, towards zero."""
    return int(number)


def text_of(number: Real) -> str:
    """`7` for 7, 7.0 and 7.00; never an exponent within what people write."""
    if isinstance(number, int):
        return str(number)
    if isinstance(number, float):
        return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
    plain = f"{number:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def number_in(text: str) -> MaybeReal:
    """The number a text is: `12`, `-1.5`, `1e3`; null for every other text."""
    stripped = text.strip()
    if len(stripped) > 320 or "_" in stripped or not stripped.isascii():
        return None
    found = _CONTEXT.create_decimal(stripped)
    if not found.is_finite():
        return None
    return simple(found)


def simple(number: Decimal) -> MaybeReal:
    """An integer where it is one: columns of integers stay exact and cheap."""
    kept = settled(number)
    if kept is None or not isinstance(kept, Decimal):
        return kept
    return int(kept) if kept == kept.to_integral_value() else kept


def _overflown(base: int) -> int | None:
    """Of a power too large to try: only 0, 1 and -1 stay small, and -1 is met with an even exponent."""
    return base if base in (0, 1) else None


def _ended(result: Decimal, otherwise: Callable[[], float]) -> MaybeReal:
    """A decimal that ends; of one that does not, the float, so that 1.0 / 3 * 3 is 1 and not nines."""
    return settled(result) if len(result.as_tuple().digits) <= _MOST_DIGITS else _float(otherwise)


def _float(formula: Callable[[], float]) -> MaybeReal:
    try:
        return settled(formula())
    except (ArithmeticError, ValueError):  # a domain or range error of `math`: there is no such number
        return None
