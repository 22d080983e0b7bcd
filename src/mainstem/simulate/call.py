"""One call somebody makes on an SDK, as plain data between deciding and sending.

It holds what the SDK's public API takes and nothing the SDK adds itself (library, sentAt, channel).
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec


class Sdk(StrEnum):
    """Which SDK makes the call, and so which source the event belongs to."""

    WEBSITE = "website"
    """segment-analytics-python, behind the website."""
    SERVERS = "servers"
    """rudder-sdk-python, as in a self-hosted server."""


class CallType(StrEnum):
    PAGE = "page"
    IDENTIFY = "identify"
    TRACK = "track"


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """At least one of `user_id` and `anonymous_id` is set."""

    sdk: Sdk
    type: CallType
    message_id: str
    """A call that is made again keeps it: that is how a retry looks."""
    timestamp: datetime
    """When it happened, by the sender's clock; aware, UTC."""
    user_id: str | None = None
    anonymous_id: str | None = None
    name: str | None = None
    """The event of a track, the page of a page; None for an identify."""
    properties: dict[str, Any] = {}
    """Properties of a page or track, traits of an identify."""
    context: dict[str, Any] = {}
