"""Names of fields as columns: `sessionSource` is `session_source`, `customEvent:plan` `custom_event_plan`."""

from __future__ import annotations

import re

_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[a-z])(?=[0-9]+[A-Z])")


def column(field: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", _WORD.sub("_", field).lower()).strip("_")
