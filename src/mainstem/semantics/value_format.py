"""How a number is written for people: Looker's named formats, and the plain forms of Excel's patterns.

`named_value_format`, conditions (`[>=1000]`), sections (`;`) and time patterns are not read: `pattern_of`
returns None for them.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

import msgspec

NAMED = {
    "id": "0",
    "decimal_0": "#,##0",
    "decimal_1": "#,##0.0",
    "decimal_2": "#,##0.00",
    "decimal_3": "#,##0.000",
    "decimal_4": "#,##0.0000",
    "percent_0": "0%",
    "percent_1": "0.0%",
    "percent_2": "0.00%",
    "percent_3": "0.000%",
    "percent_4": "0.0000%",
    "usd": "$#,##0.00",
    "usd_0": "$#,##0",
    "eur": "€#,##0.00",
    "eur_0": "€#,##0",
    "gbp": "£#,##0.00",
    "gbp_0": "£#,##0",
}
"""Looker's built-in names → pattern."""

_PATTERN = re.compile(
    r"""(?P<prefix>(?:[$€£]|"[^"]*"|\s)*)
        (?P<digits>\#,\#\#0|\#|0)(?P<decimals>\.0+)?(?P<scale>,*)
        (?P<percent>%)?
        (?P<suffix>(?:[$€£]|"[^"]*"|\s)*)""",
    re.VERBOSE,
)


class Pattern(msgspec.Struct, frozen=True):
    prefix: str
    suffix: str
    decimals: int
    grouped: bool
    """Thousands are set apart by commas."""
    percent: bool
    thousands: int
    """How often the number is divided by 1,000."""

    def format(self, number: float | Decimal) -> str:
        exact = Decimal(str(number)).scaleb((2 if self.percent else 0) - 3 * self.thousands)
        if not exact.is_finite():
            return str(number)
        rounded = exact.quantize(Decimal(1).scaleb(-self.decimals), rounding=ROUND_HALF_UP)
        sign = "-" if rounded < 0 else ""
        digits = f"{abs(rounded):,f}" if self.grouped else f"{abs(rounded):f}"
        return f"{sign}{self.prefix}{digits}{'%' if self.percent else ''}{self.suffix}"


def pattern_of(value_format: str) -> Pattern | None:
    """The pattern of an Excel-style format; None when it is none of the plain forms."""
    match = _PATTERN.fullmatch(value_format.strip())
    if match is None:
        return None
    return Pattern(
        prefix=match["prefix"].replace('"', ""),
        suffix=match["suffix"].replace('"', ""),
        decimals=len(match["decimals"] or ".") - 1,
        grouped="," in match["digits"],
        percent=bool(match["percent"]),
        thousands=len(match["scale"]),
    )
