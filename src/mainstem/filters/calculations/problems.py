"""What people write by mistake, and what they may have meant: words of other languages, names nearly right.

Only hints are here: what is a mistake, the grammar and the check decide.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

INSTEAD_OF_SIGN: Final = {
    "%": "the remainder is mod(value, divisor)",
    "^": "a power is power(base, exponent)",
    "!": "write NOT, or != for unequal",
    "&": "write AND; texts are joined by concat(…)",
    "|": "write OR; texts are joined by concat(…)",
    "$": "a field is written ${view.field}",
    "{": "a field is written ${view.field}",
    "}": "a field is written ${view.field}",
    "[": "a list is list(1, 2, 3); its n-th value is index(list, n)",
    "]": "a list is list(1, 2, 3); its n-th value is index(list, n)",
    ";": "arguments are separated by a comma",
    "“": 'a text stands between straight quotes: "text"',
    "”": 'a text stands between straight quotes: "text"',
    '"': 'the text has no closing "',
    "'": "the text has no closing '",
    "`": "the filter expression has no closing `",
}
"""For a character that begins no word."""

INSTEAD_OF_VALUE: Final = {
    "=": "equality is written =, and compares two values",
    "*": "a power is power(base, exponent)",
    ",": "an argument is missing before the comma",
}
"""For a word that came where a value was expected."""

INSTEAD_OF_WORD: Final = {
    "is": "whether a value is null is asked by is_null(value)",
    "in": "one of several values is x = 1 OR x = 2",
    "like": "part of a text is looked for by contains(string, search_string)",
    "between": "a range is x >= 1 AND x <= 2",
}
"""Words that come after a value in SQL, and what is written instead."""

_INSTEAD_OF_FUNCTION = {
    "average": "mean",
    "avg": "mean",
    "ceil": "ceiling",
    "len": "length",
    "ifnull": "coalesce",
    "nvl": "coalesce",
    "isnull": "is_null",
    "pow": "power",
    "stdev": "stddev_samp",
    "stddev": "stddev_samp",
    "variance": "var_samp",
    "var": "var_samp",
    "today": "now",
    "year": "extract_years",
    "month": "extract_months",
    "day": "extract_days",
    "iif": "if",
    "mid": "substring",
    "substr": "substring",
    "instr": "position",
    "starts_with": "position",
    "lag": "offset",
    "lead": "offset",
    "row_number": "row",
    "datediff": "diff_days",
    "date_diff": "diff_days",
    "cumulative_sum": "running_total",
    "cumsum": "running_total",
    "countif": "count",
    "sumif": "sum",
}
"""Functions of spreadsheets and SQL, and what does their work here."""


def near(name: str, names: Iterable[str], otherwise: str = "") -> str:
    """`did you mean a, b?`, or what is said where nothing is near."""
    close = _close(name, list(names))
    return f"did you mean {', '.join(close)}?" if close else otherwise


def _close(name: str, known: list[str]) -> list[str]:
    """Names of a view are compared without it: the view they share is no likeness."""
    meant = _INSTEAD_OF_FUNCTION.get(name)
    if meant in known:
        return [meant]
    view, dot, last = name.rpartition(".")
    inside = {one.rpartition(".")[2]: one for one in known if one.startswith(f"{view}{dot}")} if dot else {}
    close = [inside[one] for one in get_close_matches(last, inside, n=3)]
    elsewhere = [one for one in known if one.rpartition(".")[2] == last]
    return close or elsewhere[:3] or get_close_matches(name, known, n=3, cutoff=0.75 if dot else 0.6)
