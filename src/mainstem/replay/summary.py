"""Held events by source and reason: how many, since when, and one to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from mainstem.replay.held import Stage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mainstem.replay.held import HeldEvent


class Group(msgspec.Struct, rename="camel"):
    """The events that one source's stage holds for one reason."""

    stage: Stage
    source_id: str
    reason: str
    count: int
    first: str
    """When the first of them arrived: RFC 3339, UTC."""
    last: str
    sample: str
    """Id of the last."""


def grouped(held: Iterable[HeldEvent]) -> list[Group]:
    """The largest group first."""
    groups: dict[tuple[str, str, str], Group] = {}
    for one in held:
        at = one.received_at
        group = groups.setdefault(
            (one.stage, one.source_id, one.reason),
            Group(one.stage, one.source_id, one.reason, 0, at, at, one.id),
        )
        group.count += 1
        group.first = min(group.first, at)
        if at >= group.last:
            group.last, group.sample = at, one.id
    return sorted(groups.values(), key=lambda group: (-group.count, group.source_id, group.reason))
