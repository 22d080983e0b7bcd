"""What an operator may set about the log: the section `[log]`."""

from __future__ import annotations

from typing import Annotated

import msgspec

_Size = Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]


class LogSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Sizes in bytes. The defaults suit one gateway worker on one disk."""

    segment_bytes: _Size = 64 * 1024 * 1024
    """A segment file that has reached this size gets a successor; it is over it by one frame at most."""
    max_commit_bytes: _Size = 4 * 1024 * 1024
    """Waiting groups are joined into one frame up to this size; a larger single group is a frame alone."""
    max_pending_bytes: _Size = 64 * 1024 * 1024
    """Payload that may wait for the disk; more is refused as LogUnavailable, and senders keep it."""
