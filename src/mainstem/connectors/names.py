"""Names of objects and fields as names of tables and columns: `Product2Id` is `product_2_id`.

The rule of fivetran's connector, so that packages for its tables find these. Pure.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_BREAKS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=[0-9])")


def snake(name: str) -> str:
    """`BillingPostalCode` is `billing_postal_code`, `Health_Score__c` is `health_score_c`."""
    return re.sub("_+", "_", _BREAKS.sub("_", name)).lower()


def columns(fields: Iterable[str]) -> dict[str, str]:
    """The column of each field. Of two that would share one, the later keeps its own name in lower case."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for name in fields:
        column = snake(name)
        if column in taken:
            column = name.lower()
        found[name] = column
        taken.add(column)
    return found
