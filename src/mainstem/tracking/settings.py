"""What may be changed about tracking plans and the catalogue: the `[tracking]` table of `mainstem.toml`."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

Count = Annotated[int, msgspec.Meta(ge=1)]
Seconds = Annotated[float, msgspec.Meta(gt=0)]


class TrackingSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[tracking]` of `mainstem.toml`."""

    project_dir: str = "tracking-plan"
    """Folder of the plans, relative to the project's own; a source names one by `tracking_plan`."""
    watch: tuple[str, ...] = ()
    """Ids of sources without a plan whose events are catalogued and held to the budgets all the same; `*` is
    every one. Sources with a plan always are. Each event of a watched source is read whole, which about
    doubles what it costs the gateway."""
    max_properties_per_event: Count = 200
    """Names of properties that one event may have over all its occurrences, and the context of all events
    together: each becomes a column. Properties of the plan are always let in."""
    max_events_per_source: Count = 500
    """Names of `track` events that one source may have: each becomes a table. Events of the plan are always
    let in."""
    max_properties_per_source: Count = 10_000
    """Names of properties of all events of one source together; bounds what a gateway remembers."""
    over_budget: Literal["quarantine", "surplus"] = "quarantine"
    """What becomes of an event with a property past its budget: it waits in quarantine, or its surplus goes
    as JSON text into the one property `_surplus`. The text is hidden from privacy rules that go by name, so
    `surplus` is for sources with `privacy = "none"` only. Events past the budget of names are quarantined."""
    facts: bool = True
    """Whether the gateway sends events about itself (new events, quarantined ones …) as the source
    `mainstem-gateway`."""
    max_facts_per_minute: Count = 600
    """Facts past it are counted and told of in the next one that is sent."""
    save_interval: Seconds = 30.0
    """How often the catalogue is written to disk, where it has changed."""
