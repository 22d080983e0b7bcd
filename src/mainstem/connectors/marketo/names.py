"""Marketo's names as names of tables and columns: `firstName`, `Campaign Run ID`, `Plan__c`. Pure."""

from __future__ import annotations

import re

_BREAKS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def snake(name: str) -> str:
    """Of a field: `first_name`, `plan_c`."""
    return worded(_BREAKS.sub("_", name))


def worded(label: str) -> str:
    """Of what people read: `campaign_run_id`, `merge_ids`."""
    return re.sub(r"[\W_]+", "_", label).strip("_").lower()
