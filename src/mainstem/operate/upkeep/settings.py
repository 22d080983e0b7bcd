"""Settings of upkeep."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import msgspec

Hours = Annotated[float, msgspec.Meta(ge=1, le=24 * 3650)]
Days = Annotated[int, msgspec.Meta(ge=1, le=36_500)]


class UpkeepSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[upkeep]` of `mainstem.toml`."""

    every_s: Annotated[float, msgspec.Meta(ge=1, le=86_400)] = 30.0
    """Seconds between two rounds. The loader writes a file a table and commit: a round puts them together."""
    merge_files: Annotated[int, msgspec.Meta(ge=2, le=1000)] = 8
    """Files of about one size that a table has before they are put together."""
    rewrite_share: Annotated[float, msgspec.Meta(gt=0, le=1)] = 0.3
    """A file of which this share of the rows is deleted is written anew without them."""
    keep_snapshots_hours: Hours = 6.0
    """How long every snapshot of the lake can be read, so that any moment of the last hours can be looked at.
    Published ones that can be gone back to are kept for as long as that."""
    keep_daily_days: Annotated[int, msgspec.Meta(ge=0, le=36_500)] = 30
    """Days of which the last snapshot is kept: to ask why a number changed. 0 keeps none."""
    clean_up_after_minutes: Annotated[float, msgspec.Meta(ge=15, le=60 * 24 * 365)] = 30.0
    """A file is removed this long after nothing needs it any more, counted from the beginning of the oldest
    transaction that is open, and from the oldest dump of the catalog."""
    sweep_every_hours: Hours = 24.0
    """Hours between two searches for files that writers left when they died."""
    sweep_after_hours: Hours = 2.0
    """How old such a file must be. A younger one may belong to a writer that still works."""
    catalog_dumps: Annotated[int, msgspec.Meta(ge=0, le=100)] = 2
    """Dumps of the lake's catalog that are kept in `catalog_dumps` of the data folder, each with every file
    it needs. 0 makes none."""
    dump_every_hours: Hours = 6.0
    """Hours between two dumps."""
    keep_builds_days: Days = 365
    """Days that builds of dbt stand in the history. Those that were published stay."""
    keep_audit_days: Days = 730
    """Days that entries of the audit log are kept."""
    keep_figures_days: Days = 14
    """Days that the figures of upkeep itself are kept."""
    keep_syncs_days: Days = 90
    """Days that runs of connectors are shown. Their figures stay in the warehouse, in `connectors`."""
    keep_plan_rows_days: Days = 14
    """Days that the rows of an activation's plan can be looked at, but for the newest plan."""
    keep_activations_days: Days = 90
    """Days that plans and runs of activations are shown. What came of every row stays in the warehouse, in
    `activations`."""

    @property
    def keep_snapshots(self) -> timedelta:
        return timedelta(hours=self.keep_snapshots_hours)

    @property
    def clean_up_after(self) -> timedelta:
        return timedelta(minutes=self.clean_up_after_minutes)
