"""What is said of a name that does not exist: which ones are near it."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_SAID_ELSEWHERE = {
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
    known = list(names)
    meant = _SAID_ELSEWHERE.get(name)
    close = [meant] if meant in known else get_close_matches(name, known, n=3, cutoff=0.6)
    if not close and "." in name:
        last = name.rpartition(".")[2]
        close = [one for one in known if one.rpartition(".")[2] == last][:3]
    return f"did you mean {', '.join(close)}?" if close else otherwise
