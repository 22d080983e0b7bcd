"""What an operator may set about the log: the section `[log]`."""

from __future__ import annotations

from typing import Annotated

import msgspec

from mainstem.config import Secret

_Size = Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]


_Days = Annotated[float, msgspec.Meta(gt=0, le=36_500)]


class LogSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Sizes in bytes. The defaults suit one gateway worker on one disk.

    Of events that were loaded, those are deleted that are older than `keep_days`, or the oldest where all
    take more than `keep_bytes`: whole segment files, never one with an event that is not loaded yet, never
    the one that is written to.
    """

    segment_bytes: _Size = 64 * 1024 * 1024
    """A segment file that has reached this size gets a successor; it is over it by one frame at most."""
    max_commit_bytes: _Size = 4 * 1024 * 1024
    """Waiting groups are joined into one frame up to this size; a larger single group is a frame alone."""
    max_pending_bytes: _Size = 64 * 1024 * 1024
    """Payload that may wait for the disk; more is refused as LogUnavailable, and senders keep it."""
    keep_days: _Days = 30.0
    """How long loaded events stay in the log, from which the warehouse can be built again."""
    keep_bytes: Annotated[int, msgspec.Meta(ge=1)] = 20 * 1024**3
    """What accepted events may take in this data folder, all partitions together, before the oldest loaded
    ones are deleted though `keep_days` are not over."""
    keep_hours: Annotated[float, msgspec.Meta(ge=0, le=36_500 * 24)] = 6.0
    """Events younger than this are never deleted, whatever they take."""
    keep_quarantine_days: _Days = 90.0
    """How long events in quarantine are kept. What became of them is kept for good: it is small, and without
    it they would seem unresolved."""
    keep_shadow_days: _Days = 2.0
    """How long requests are kept that could not be forwarded elsewhere; those that were are deleted."""
    archive: str | None = None
    """Where closed segments of accepted events are kept for good, a folder or `s3://bucket/prefix`: event
    tables can then be rebuilt however old they are. The loader copies them; unset, nothing is. Gateways on
    other machines need it too (any value will do), or they delete what is loaded and not archived yet."""
    archive_every_s: Annotated[float, msgspec.Meta(gt=0, le=86_400)] = 60.0
    """Seconds between two looks for segments to archive."""
    gateways: tuple[str, ...] = ()
    """URLs of the internal ports of gateways on other machines: `["http://gw-0:8081", "http://gw-1:8081"]`.
    The loader reads from them all, and from this data folder."""
    token: Secret | None = None
    """What those gateways ask for, their `collect.internal_token`."""
