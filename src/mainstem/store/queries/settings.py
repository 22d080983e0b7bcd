"""Settings of the query log."""

from __future__ import annotations

from typing import Annotated

import msgspec

Days = Annotated[int, msgspec.Meta(ge=1, le=3650)]


class QueryLogSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[queries]` of `mainstem.toml`: the log of who asked the warehouse what."""

    log: bool = True
    """Whether queries of pages, commands and dbt are noted."""
    keep_days: Days = 90
    """Days that a run is kept: who, from where, how long, how much."""
    keep_sql_days: Days = 14
    """Days that the text of a query is kept after it ran last. It holds values that people filtered by."""
