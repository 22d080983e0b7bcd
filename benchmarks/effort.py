"""How long to measure. `FULL` is what the documentation's figures are made with, `QUICK` a smoke run."""

from __future__ import annotations

from typing import Annotated

import msgspec

Seconds = Annotated[float, msgspec.Meta(gt=0)]
Count = Annotated[int, msgspec.Meta(ge=1)]


class Effort(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every length, each to be set on the command line by its name."""

    rounds: Count = 5
    """Pairs of ours and limit. The median of fewer than five is no figure."""
    event_s: Seconds = 6.0
    """A round of single events from the load generator."""
    batch_s: Seconds = 4.0
    """A round of batches from the load generator."""
    disk_s: Seconds = 2.0
    """A round of the bare loop of writes and fdatasyncs."""
    log_s: Seconds = 3.0
    """A round of the log alone."""
    memory_s: Seconds = 50.0
    """Load on the gateway before its memory is taken."""
    flood_s: Seconds = 6.0
    """A round of bodies of 4 MB over 512 connections."""
    load_events: Count = 1_000_000
    """Events that are loaded, over all rounds."""
    freshness_s: Seconds = 300.0
    """Each of four spans: at either rate, idle and while dbt builds."""
    freshness_probe_s: Seconds = 20.0
    """How long a rate flows before each span, to see whether it is carried."""
    freshness_rate: Count = 2_000
    """Events a second that flow meanwhile."""
    freshness_high_rate: Count = 20_000
    """The same of the other two spans; as much of it as the machine carries."""
    company_months: Annotated[int, msgspec.Meta(ge=10)] = 60
    """History of the simulated company whose models are built."""
    company_accounts: Count = 20
    """Its size."""
    field_sets: Count = 20
    """Random sets of fields for each explore that is compiled."""
    fact_rows: Count = 2_000_000
    """Rows that SQL made from LookML adds up."""
    tile_s: Seconds = 5.0
    """A round of requests for a tile."""
    export_rows: Count = 1_000_000
    """Rows of the file that is exported: a thousand, a hundred thousand or a million."""
    activated_rows: Count = 100_000
    """Rows that an activation brings to a simulated org."""
    idle_minutes: Annotated[float, msgspec.Meta(ge=0)] = 2.5
    """How long the stack has been left alone when its memory is taken."""


FULL = Effort()
QUICK = Effort(
    rounds=1,
    event_s=1.0,
    batch_s=1.0,
    disk_s=0.5,
    log_s=0.5,
    memory_s=3.0,
    flood_s=2.0,
    load_events=12_000,
    freshness_s=4.0,
    freshness_probe_s=3.0,
    company_months=12,
    company_accounts=10,
    field_sets=5,
    fact_rows=50_000,
    tile_s=1.0,
    export_rows=100_000,
    activated_rows=5_000,
    idle_minutes=0.02,
)


def with_settings(effort: Effort, settings: dict[str, str]) -> Effort:
    """`effort` with fields replaced by texts. Raises msgspec.ValidationError for an unknown or wrong one."""
    return msgspec.convert({**msgspec.structs.asdict(effort), **settings}, Effort, strict=False)
