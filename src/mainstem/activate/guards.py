"""What a plan may not do unless a person says so by name. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mainstem.activate.definition import Guards


class Counts(msgspec.Struct):
    """What a plan comes to, in rows."""

    source: int = 0
    held: int = 0
    """Acknowledged before."""
    create: int = 0
    update: int = 0
    delete: int = 0
    clear: int = 0
    """Updates of records whose row has left the source."""
    refresh: int = 0
    """Updates of nothing but the day beside values."""
    forget: int = 0
    unchanged: int = 0
    """As they were acknowledged, and not looked at."""
    same: int = 0
    """Looked at, and as wanted."""
    passed: int = 0
    """Left out by a policy, or for want of a record."""
    faults: int = 0
    """Rows that cannot be sent."""
    left_alone: int = 0
    """Records of which a policy leaves a field alone."""

    @property
    def writes(self) -> int:
        return self.create + self.update + self.delete


class Judged(msgspec.Struct, frozen=True):
    """One guard and what it found."""

    guard: str
    """Its name in the file: what `--despite` takes."""
    is_kept: bool
    sentence: str


def judge(counts: Counts, guards: Guards) -> Sequence[Judged]:
    """Every guard, in the order of the file."""
    removed = counts.delete + counts.clear
    changed = (counts.update - counts.refresh + counts.delete) / counts.held if counts.held else 0.0
    refused = counts.faults / counts.source if counts.source else 0.0
    first = "nothing was written before" if not counts.held else f"{changed:.0%} of {counts.held:,} records"
    return [
        Judged(
            "least_rows",
            counts.source >= guards.least_rows,
            f"the source has {counts.source:,} rows; at least {guards.least_rows:,}",
        ),
        Judged(
            "most_creates",
            counts.create <= guards.most_creates,
            f"{counts.create:,} records are made; at most {guards.most_creates:,}",
        ),
        Judged(
            "most_deletes",
            removed <= guards.most_deletes,
            f"{removed:,} records are deleted or cleared; at most {guards.most_deletes:,}",
        ),
        Judged(
            "most_changed",
            changed <= guards.most_changed,
            f"{first} would change; at most {guards.most_changed:.0%}",
        ),
        Judged(
            "most_refused",
            refused <= guards.most_refused,
            f"{counts.faults:,} of {counts.source:,} rows cannot be sent; at most {guards.most_refused:.0%}",
        ),
    ]
