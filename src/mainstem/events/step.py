"""A step that an event goes through between the door and the log, compiled for its source at start.

Steps are how privacy rules, consent and tracking plans act before anything is written. They know neither
HTTP nor the log. A step changes the event in place and is called from one thread; it never raises for
anything an event can hold.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec


class Sending(msgspec.Struct, gc=False):
    """What is known of an event beside the event: made for each, and a step may change it."""

    request_ip: str
    """Kept beside the event; a step that shortens or removes it does so here."""
    received_at: str
    """RFC 3339, UTC, milliseconds."""
    headers: Mapping[bytes, bytes]
    """The request's, lower-case names; only those the gateway reads (`HANDLED_HEADERS`)."""


class Held(msgspec.Struct, frozen=True, gc=False):
    """The event belongs into quarantine. It still goes through the steps that follow, so that what is
    quarantined is as private as what is accepted."""

    reason: str
    """One line for people, without any value of the event."""


class Dropped(msgspec.Struct, frozen=True, gc=False):
    """The event must not be kept at all: its sender is told `ok`, and no later step sees it."""

    reason: str
    """A short constant that is counted, such as `suppressed` or `consent`."""


Verdict = Held | Dropped | None
Step = Callable[[dict[str, Any], Sending], Verdict]
Scrub = Callable[[Any, Sending], Any]
"""Makes private what never got to the steps: any JSON value in, the value to quarantine out. The headers of
its request may say that nothing is to be kept of it."""
