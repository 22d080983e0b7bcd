"""Keep a part of the events of one kind, always the same part.

Nothing is drawn: whether an event is kept follows from who or what it is, so that a retry meets the same
fate, and so do all events of a person wherever the rate is the same.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mainstem.tracking.plan import SampleUnit

_STEPS = 1 << 64


def is_kept(event: Mapping[str, Any], rate: float, unit: SampleUnit) -> bool:
    """By person: the anonymousId, which stays the same through a login, else the userId. By message: the
    messageId; one that the sender left out is made later, so the person stands in for it."""
    if rate >= 1:
        return True
    digest = blake2b(_unit(event, unit).encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") < rate * _STEPS


def _unit(event: Mapping[str, Any], unit: SampleUnit) -> str:
    person = ("anonymousId", "userId", "messageId")
    for key in ("messageId", *person) if unit == "message" else person:
        value = event.get(key)
        if value is not None and (text := str(value).strip()):
            return text
    return ""
