"""Settings of the event catalogue."""

from __future__ import annotations

from typing import Annotated

import msgspec

Count = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]


class CatalogueSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[catalogue]` of `mainstem.toml`: the tables about events, `mainstem.event_catalogue` and others."""

    every_s: Annotated[float, msgspec.Meta(ge=10, le=86_400)] = 300.0
    """Seconds between two refreshes by upkeep. Of tables that got rows, the new ones are read."""
    version_column: str = "context_app_version"
    """The column that holds the version of the product that sent an event; `context.app.version` by the
    specification. A property such as `release` stands in a column of that name."""
    sample_rows: Annotated[int, msgspec.Meta(ge=100, le=200_000)] = 10_000
    """The newest rows of a table that are looked at: for distinct values, samples, personal data."""
    sample_values: Annotated[int, msgspec.Meta(ge=0, le=100)] = 12
    """Values of a property that are shown; 0 shows and keeps none. A property with more than four times as
    many distinct ones shows none."""
    sample_people: Count = 3
    """People (or events, where nobody is named) that must have sent a value before it is shown."""
    new_days: Count = 7
    """Days since it was first seen in which an event or a property counts as new."""
    volume_days: Annotated[int, msgspec.Meta(ge=28, le=1000)] = 90
    """Days of which the daily number of events is kept."""
