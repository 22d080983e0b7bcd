"""What is asked about units (people, accounts, servers): a funnel, a retention or paths, as plain values.

Promise: frozen, serialisable and complete: the same definition, asked by the same person of the same rows,
gives the same answer. Everything is named as explores name it (`view.field`, filter expressions), so nothing
here knows a table.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TypeAlias

import msgspec

from mainstem.errors import QueryError

MOST_STEPS = 10
MOST_PATH_STEPS = 8
MOST_PERIODS = 60


class Mode(StrEnum):
    """How a funnel's steps follow one another."""

    ORDERED = "ordered"
    """Each after the one before; anything may lie between."""
    STRICT = "strict"
    """Each is the very next event of the unit, in the explores the funnel reads."""
    ANY = "any"
    """All of them, in whatever order."""


class Span(StrEnum):
    """What a retention counts in."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Method(StrEnum):
    """When somebody counts as having come back."""

    EXACT = "exact"
    """In that period."""
    ROLLING = "rolling"
    """In that period or any later one."""
    BRACKET = "bracket"
    """In any period from the first to the last of the bracket."""


class Condition(msgspec.Struct, frozen=True):
    """Rows of an explore: events, or whatever else it has with a unit and a time."""

    explore: str
    filters: dict[str, str] = {}
    """`view.field` → filter expression."""
    label: str = ""
    """What people call it; empty: it is read from the filters."""


class Funnel(msgspec.Struct, frozen=True, kw_only=True, tag="funnel"):
    """Who did the steps, within `window` seconds from the first to the last.

    Every event that fits the first step (in mode any: some step) begins an attempt. The attempt that gets
    furthest counts; of equals the earliest. An event of `excluded` ends an attempt. Events of one moment
    follow one another by the explore's primary key.
    """

    model: str
    unit: str
    steps: tuple[Condition, ...]
    mode: Mode = Mode.ORDERED
    window: int = 14 * 86_400
    excluded: tuple[Condition, ...] = ()
    within: str = ""
    """When attempts begin, as a filter expression of dates; empty: at any time. Later steps may lie after."""
    breakdown: str = ""
    """A `view.field` of the first step's explore: its value at the event that began the attempt."""


class Retention(msgspec.Struct, frozen=True, kw_only=True, tag="retention"):
    """Who came back after their first time.

    A unit's first period is that of its first event of `start` ever. Periods are days, calendar weeks (from
    Monday) or calendar months of `timezone`, counted from 0. Only what comes after period 0 is a return.
    """

    model: str
    unit: str
    start: Condition
    back: Condition
    span: Span = Span.WEEK
    method: Method = Method.EXACT
    periods: int = 8
    """Periods 1 to so many; a bracket takes `brackets` instead."""
    brackets: tuple[tuple[int, int], ...] = ()
    within: str = ""
    """When units began."""
    timezone: str | None = None
    """IANA name; None: UTC, as the warehouse has it."""


class Paths(msgspec.Struct, frozen=True, kw_only=True, tag="paths"):
    """What units did after (or before) something, step by step, from the first time they did it.

    `read` are the rows that steps are made of; a step is called by the value of the explore's event.
    """

    model: str
    unit: str
    anchor: Condition
    read: tuple[Condition, ...]
    backwards: bool = False
    """Whether the path leads to the anchor instead of from it."""
    steps: int = 4
    """Steps beside the anchor."""
    collapse: bool = True
    """Whether repeats in a row are one step."""
    window: int = 0
    """Seconds from (to) the anchor that are looked at; 0: all of time."""
    within: str = ""
    names: int = 8
    """Different names a step has at most; the rest are one, `Other`."""


Definition: TypeAlias = Funnel | Retention | Paths


class FunnelPick(msgspec.Struct, frozen=True, tag="funnel"):
    """Units of a funnel: by how far they got."""

    step: int
    """From 1."""
    outcome: str = "reached"
    """reached: at least this far. dropped: this far, and their time is over. in_time: this far, and they may
    still go on."""
    segment: str | None = None
    """Of a breakdown: only those of that value."""


class RetentionPick(msgspec.Struct, frozen=True, tag="retention"):
    """Units of one cell, of a row, or of all rows."""

    start: str | None = None
    """First day of the first period, as 2026-03-02; None: of all."""
    first: int = 0
    """0: all that began."""
    last: int = 0
    outcome: str = "retained"
    """retained or lost; only periods that are over have lost anybody."""


class PathPick(msgspec.Struct, frozen=True, tag="paths"):
    """Units whose path begins with these names, the anchor's first; None: it had ended before."""

    names: tuple[str | None, ...] = ()


Pick: TypeAlias = FunnelPick | RetentionPick | PathPick


def encode(value: Definition | Pick) -> bytes:
    return msgspec.json.encode(value, order="sorted")


def decode_definition(text: bytes | str) -> Definition:
    """Raises `msgspec.ValidationError` that says where."""
    found: Definition = msgspec.json.decode(text, type=Definition)
    return found


def decode_pick(text: bytes | str) -> Pick:
    """Raises `msgspec.ValidationError` that says where."""
    found: Pick = msgspec.json.decode(text, type=Pick)
    return found


def checked(definition: Definition) -> Definition:
    """The definition. Raises QueryError for one that says nothing, and says what is missing."""
    match definition:
        case Funnel():
            _check_funnel(definition)
        case Retention():
            _check_retention(definition)
        case Paths():
            _check_paths(definition)
    return definition


def _check_funnel(funnel: Funnel) -> None:
    if not 2 <= len(funnel.steps) <= MOST_STEPS:
        raise QueryError(f"a funnel has 2 to {MOST_STEPS} steps; this one has {len(funnel.steps)}")
    if funnel.window <= 0:
        raise QueryError("the window of a funnel is longer than nothing: say 1 hour, 14 days")
    if funnel.mode is Mode.ANY:
        asked = [(step.explore, tuple(sorted(step.filters.items()))) for step in funnel.steps]
        if len(set(asked)) < len(asked):
            raise QueryError(
                "in any order, a step that stands twice means nothing: one event would fill both"
            )


def _check_retention(retention: Retention) -> None:
    if retention.method is Method.BRACKET:
        if not retention.brackets:
            raise QueryError("brackets are missing: say from which to which period, as 1-7, 8-30")
        for first, last in retention.brackets:
            if not 1 <= first <= last:
                raise QueryError(
                    f"bracket {first}-{last} is none: periods count from 1, the last not before the first"
                )
    elif not 1 <= retention.periods <= MOST_PERIODS:
        raise QueryError(f"periods are 1 to {MOST_PERIODS}, not {retention.periods}")


def _check_paths(paths: Paths) -> None:
    if not 1 <= paths.steps <= MOST_PATH_STEPS:
        raise QueryError(f"a path has 1 to {MOST_PATH_STEPS} steps beside its first, not {paths.steps}")
    if not 1 <= paths.names <= 30:
        raise QueryError(f"names at each step are 1 to 30, not {paths.names}")
    if not paths.read:
        raise QueryError("a path reads at least one explore")
