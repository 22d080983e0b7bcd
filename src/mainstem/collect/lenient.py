"""Read an event that holds a number which no reader of JSON here can hold: that number becomes its text.

Nothing else of the event is touched, so that rules can be applied to it, what they leave can be kept, and a
replay can mend the number. It never reads what is no JSON.
"""

from __future__ import annotations

import json
import math
from typing import Any

_LONGEST_INTEGER = 308
"""Digits that surely fit a double; Python itself refuses to read more than 4,300."""


def read_leniently(text: bytes) -> Any:
    """The value of a JSON text, `1e999` in it as `"1e999"`. Raises ValueError, RecursionError."""
    return json.loads(text.decode(), strict=False, parse_float=_fraction, parse_int=_integer)


def _fraction(text: str) -> float | str:
    number = float(text)
    return number if math.isfinite(number) else text


def _integer(text: str) -> int | str:
    return int(text) if len(text) <= _LONGEST_INTEGER else text
