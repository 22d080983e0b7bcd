"""The functions distributions are made of: incomplete gamma and beta, and the inverse of what only grows.

Series and continued fractions as in the NIST Digital Library of Mathematical Functions (8.7, 8.9, 8.17.22),
summed until a term no longer changes the sum, and the uniform expansion for large shapes (8.12); to about
1e-12. Arguments outside of a function's domain are a ValueError, which callers answer with null; parameters
of which a sum would not end are a QueryError.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from mainstem.errors import QueryError

if TYPE_CHECKING:
    from collections.abc import Callable

_TINY: Final = 1e-300
_ENOUGH: Final = 1e-16
_MOST_TERMS: Final = 20_000
_LARGE_SHAPE: Final = 20_000.0
"""From here on the expansion is exact to 1e-12, and a series takes a thousand terms."""


def gamma_below(shape: float, x: float) -> float:
    """P(shape, x): the share of the gamma distribution below x."""
    if shape <= 0:
        raise ValueError("the shape is above 0")
    if x <= 0 or math.isinf(x):
        return 0.0 if x <= 0 else 1.0
    if shape > _LARGE_SHAPE:
        return _gamma_expansion(shape, x, below=True)
    return _gamma_series(shape, x) if x < shape + 1 else 1.0 - _gamma_fraction(shape, x)


def gamma_above(shape: float, x: float) -> float:
    """Q(shape, x): the share above x, without the loss of 1 - P where it is small."""
    if shape <= 0:
        raise ValueError("the shape is above 0")
    if x <= 0 or math.isinf(x):
        return 1.0 if x <= 0 else 0.0
    if shape > _LARGE_SHAPE:
        return _gamma_expansion(shape, x, below=False)
    return 1.0 - _gamma_series(shape, x) if x < shape + 1 else _gamma_fraction(shape, x)


def _gamma_expansion(shape: float, x: float, below: bool) -> float:
    """Temme's expansion around x = shape: its first term, and the second as it is at the centre."""
    away = (x - shape) / shape
    half_square = away - math.log1p(away)
    eta = math.copysign(math.sqrt(2 * half_square), away)
    first = -1 / 3 + eta / 12 - 2 * eta * eta / 135 if abs(eta) < 1e-3 else 1 / away - 1 / eta
    bend = math.exp(-shape * half_square) / math.sqrt(2 * math.pi * shape) * (first - 1 / (540 * shape))
    side = -1 if below else 1
    return math.erfc(side * eta * math.sqrt(shape / 2)) / 2 + side * bend


def _gamma_front(shape: float, x: float) -> float:
    return math.exp(shape * math.log(x) - x - math.lgamma(shape))


def _gamma_series(shape: float, x: float) -> float:
    term = total = 1.0 / shape
    for step in range(1, _MOST_TERMS):
        term *= x / (shape + step)
        total += term
        if term < total * _ENOUGH:
            return total * _gamma_front(shape, x)
    raise _endless(shape, x)


def _gamma_fraction(shape: float, x: float) -> float:
    """Lentz's way through the continued fraction of Q."""
    b = x + 1.0 - shape
    c = 1.0 / _TINY
    d = 1.0 / b
    result = d
    for step in range(1, _MOST_TERMS):
        a = -step * (step - shape)
        b += 2.0
        d = 1.0 / _apart(a * d + b)
        c = _apart(b + a / c)
        result *= d * c
        if abs(d * c - 1.0) < 1e-15:
            return result * _gamma_front(shape, x)
    raise _endless(shape, x)


def beta_below(x: float, a: float, b: float) -> float:
    """I_x(a, b): the share of the beta distribution below x."""
    if a <= 0 or b <= 0:
        raise ValueError("both shapes are above 0")
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    )
    if x < (a + 1) / (a + b + 2):
        return front * _beta_fraction(x, a, b) / a
    return 1.0 - front * _beta_fraction(1 - x, b, a) / b


def _beta_fraction(x: float, a: float, b: float) -> float:
    c = 1.0
    d = 1.0 / _apart(1.0 - (a + b) * x / (a + 1))
    result = d
    for m in range(1, _MOST_TERMS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        d = 1.0 / _apart(1.0 + even * d)
        c = _apart(1.0 + even / c)
        result *= d * c
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d = 1.0 / _apart(1.0 + odd * d)
        c = _apart(1.0 + odd / c)
        result *= d * c
        if abs(d * c - 1.0) < 1e-15:
            return result
    raise _endless(a, b)


def inverse(share_below: Callable[[float], float], share: float, low: float, high: float) -> float:
    """Where a growing function reaches a share, between two bounds of which one may be infinite.

    An infinite bound is moved in, by doubling, to the first finite one past the share; then the interval is
    halved until no float lies inside.
    """
    low, high = _bracketed(share_below, share, low, high)
    for _ in range(1100):
        middle = low + (high - low) / 2
        if not low < middle < high:
            break
        if share_below(middle) < share:
            low = middle
        else:
            high = middle
    return high


def _bracketed(
    share_below: Callable[[float], float], share: float, low: float, high: float
) -> tuple[float, float]:
    if math.isinf(low):
        low = -1.0
        while share_below(low) >= share:
            low *= 2
    if math.isinf(high):
        high = max(1.0, low + 1.0)
        while share_below(high) < share:
            high *= 2
            if math.isinf(high):
                raise ValueError("the share is not reached")
    return low, high


def log_choose(n: float, k: float) -> float:
    """The logarithm of how many ways there are to choose k of n."""
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def _endless(*parameters: float) -> QueryError:
    named = ", ".join(f"{one:g}" for one in parameters)
    return QueryError(f"a distribution with the parameters {named} cannot be evaluated")


def _apart(value: float) -> float:
    """From zero, by which the fraction would divide."""
    return value if abs(value) >= _TINY else _TINY
