"""What an operator may set about shadow mode: the section `[shadow]`."""

from __future__ import annotations

from typing import Annotated

import msgspec

_Positive = Annotated[float, msgspec.Meta(gt=0)]


class ShadowSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How requests are forwarded to each source's `shadow_url`."""

    connections: Annotated[int, msgspec.Meta(ge=1, le=64)] = 8
    """Requests under way at once, for each source and gateway worker. One sender's requests keep their
    order whatever this is; with 1, everything does."""
    timeout_s: _Positive = 10.0
    """Seconds for a connection, and again for an answer; then the request is sent again."""
    longest_pause_s: _Positive = 60.0
    """Seconds between two attempts at most, unless the other side asks for more with Retry-After."""
    max_backlog_hours: _Positive = 24.0
    """A request that has waited longer is not forwarded any more; how many there were is said."""
