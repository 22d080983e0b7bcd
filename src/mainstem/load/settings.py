"""Settings of the loader."""

from __future__ import annotations

from typing import Annotated

import msgspec

from mainstem.load.schema import Options


class LoadSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[load]` of `mainstem.toml`."""

    batch_max_bytes: Annotated[int, msgspec.Meta(ge=1, le=1024**3)] = 128 * 1024 * 1024
    """Log bytes that one transaction takes in at most, over all partitions. It counts only for a loader that
    is behind: the larger, the less often the price of a commit is paid. Of the log 32 MiB at a time are in
    memory, of the columns made of them all of a transaction's."""
    commit_interval_s: Annotated[float, msgspec.Meta(ge=0, le=86_400)] = 1.0
    """Least seconds between two commits while the loader keeps up; commits are dear, rows are not."""
    columnar: bool = True
    """Turn events of a form that was seen before into whole columns at once: the same rows, many times as
    fast. Off, every event goes through the rules alone, to rule this out when looking for a fault."""
    busy_wait_s: Annotated[float, msgspec.Meta(gt=0, le=3600)] = 2.0
    """Seconds before a batch is tried again when the warehouse is busy or away."""
    dedupe_days: Annotated[int, msgspec.Meta(ge=1, le=3650)] = 7
    """Days, today included, an event sent again is recognised in. About 130 bytes of memory an event."""
    destination_id: Annotated[str, msgspec.Meta(min_length=1)] = "mainstem"
    """What stands in `context_destination_id`."""
    store_full_event: bool = False
    """Keep the whole event as JSON in the column `rudder_event`."""
    allow_users_context_traits: bool = False
    """Copy `context.traits` into the columns of `identifies` and `users`."""
    underscore_divide_numbers: bool = False
    """Set digits apart in names, as RudderStack destinations made before 2023 do: `v2` becomes `v_2`."""
    skip_tracks_table: bool = False
    """Write track events to their own tables only."""
    skip_users_table: bool = False
    """Write identify events to `identifies` only."""
    json_paths: tuple[str, ...] = ()
    """Parts of events that are stored whole as JSON, such as `track.properties.cart`."""

    def options(self) -> Options:
        """The schema options among these settings."""
        return Options(
            store_full_event=self.store_full_event,
            allow_users_context_traits=self.allow_users_context_traits,
            underscore_divide_numbers=self.underscore_divide_numbers,
            skip_tracks_table=self.skip_tracks_table,
            skip_users_table=self.skip_users_table,
            json_paths=self.json_paths,
        )
