"""Whatever happened, in whatever order: funnels, retentions and paths are what trying every event gives."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mainstem.cohorts import (
    Condition,
    Funnel,
    FunnelPick,
    Method,
    Mode,
    PathPick,
    Paths,
    Retention,
    RetentionPick,
    Span,
    counted,
    members,
)
from mainstem.testing import cohorts_by_hand as by_hand
from mainstem.testing.cohorts_by_hand import Event
from mainstem.testing.cohorts_shop import Shop, open_shop

if TYPE_CHECKING:
    from collections.abc import Callable

QUICK = settings(
    max_examples=int(os.environ.get("MAINSTEM_EXAMPLES", "10")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
NAMES = ("visit", "trial", "buy")
BEGAN = datetime(2026, 1, 30, 22)  # noqa: DTZ001 -- naive UTC, as the table holds it; days, weeks and months turn near it
HOURS = st.integers(0, 24 * 70)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    return open_shop(tmp_path_factory.mktemp("shop"))


@st.composite
def happened(draw: st.DrawFn, most_hours: int = 30) -> list[Event]:
    """Few units, names and moments: repeats and ties are the rule."""
    rows = draw(
        st.lists(
            st.tuples(
                st.sampled_from(["a1", "a2", "b1", None]),
                st.integers(0, most_hours),
                st.sampled_from(NAMES),
                st.sampled_from(["x", "y", None]),
            ),
            max_size=14,
        )
    )
    return [
        Event(unit, BEGAN + timedelta(hours=hours), f"k{n:02}", name, place)
        for n, (unit, hours, name, place) in enumerate(draw(st.permutations(rows)))
    ]


def named(name: str) -> Callable[[Event], bool]:
    return lambda event: event.name == name


def on(name: str) -> Condition:
    return Condition("events", {"events.event": name})


@QUICK
@given(
    happened(),
    st.lists(st.sampled_from(NAMES), min_size=2, max_size=4),
    st.sampled_from(list(Mode)),
    st.integers(1, 12),
    st.booleans(),
    st.booleans(),
)
def test_a_funnel_counts_what_trying_every_event_counts(
    shop: Shop, events: list[Event], steps: list[str], mode: Mode, hours: int, excluded: bool, ranged: bool
) -> None:
    if mode is Mode.ANY:
        steps = list(dict.fromkeys(steps))
        if len(steps) < 2:
            steps = ["visit", "buy"]
    shop.warehouse.fill(events)
    since = BEGAN + timedelta(hours=8)
    funnel = Funnel(
        model="shop",
        unit="person",
        steps=tuple(map(on, steps)),
        mode=mode,
        window=hours * 3600,
        excluded=(on("trial"),) if excluded else (),
        within=f"after {since:%Y/%m/%d %H:%M}" if ranged else "",
    )
    attempts = by_hand.funnel(
        events,
        [named(step) for step in steps],
        mode=mode.value,
        window=timedelta(hours=hours),
        ends=named("trial") if excluded else (lambda _: False),
        begins=(lambda event: event.at >= since) if ranged else (lambda _: True),
    )
    answer = shop.explorer.run_composed(counted(funnel, shop.explorer)).rows
    assert [row[2:] for row in answer] == by_hand.funnel_counts(attempts, len(steps))
    for step in range(1, len(steps) + 1):
        for outcome in ("reached", "dropped", "in_time"):
            found = shop.explorer.run_composed(members(funnel, FunnelPick(step, outcome), shop.explorer)).rows
            there = {unit: one for unit, one in attempts.items() if len(one.times) >= step}
            if outcome != "reached":
                there = {
                    unit: one
                    for unit, one in there.items()
                    if len(one.times) == step
                    and one.is_over is (outcome == "dropped")
                    and not (outcome == "dropped" and step == len(steps))
                }
            assert found == sorted((unit, one.times[step - 1]) for unit, one in there.items())


@QUICK
@given(
    happened(24 * 70),
    st.sampled_from(list(Span)),
    st.sampled_from(list(Method)),
    st.sampled_from([None, "America/New_York", "Asia/Kolkata"]),
    st.booleans(),
)
def test_a_retention_counts_what_looking_at_every_day_counts(
    shop: Shop, events: list[Event], span: Span, method: Method, zone: str | None, ranged: bool
) -> None:
    shop.warehouse.fill(events)
    brackets = ((1, 2), (3, 9))
    retention = Retention(
        model="shop",
        unit="person",
        start=on("visit"),
        back=on("buy"),
        span=span,
        method=method,
        periods=4,
        brackets=brackets if method is Method.BRACKET else (),
        within="after 2026/02/10" if ranged else "",
        timezone=zone,
    )

    def day_of(at: datetime) -> date:
        return at.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date() if zone else at.date()

    periods = brackets if method is Method.BRACKET else tuple((n, n) for n in range(1, 5))
    expected = by_hand.retention(
        events,
        named("visit"),
        named("buy"),
        span=span.value,
        method=method.value,
        periods=periods,
        day_of=day_of,
        within=(lambda day: day >= date(2026, 2, 10)) if ranged else (lambda _: True),
    )
    rows = shop.explorer.run_composed(counted(retention, shop.explorer)).rows
    found = {(row[0], row[1], row[2]): (row[3], row[4], bool(row[5])) for row in rows if row[1]}
    assert found == expected
    for (start, first, last), (size, retained, final) in expected.items():
        for outcome, count in (("retained", retained), ("lost", size - retained if final else 0)):
            pick = RetentionPick(str(start), first, last, outcome)
            who = shop.explorer.run_composed(members(retention, pick, shop.explorer)).rows
            assert len(who) == count


@QUICK
@given(happened(), st.booleans(), st.booleans(), st.integers(1, 4), st.sampled_from([0, 5]))
def test_paths_are_what_following_every_unit_gives(
    shop: Shop, events: list[Event], backwards: bool, collapse: bool, steps: int, hours: int
) -> None:
    shop.warehouse.fill(events)
    paths = Paths(
        model="shop",
        unit="person",
        anchor=on("trial"),
        read=(Condition("events", {"events.event": "visit,trial,buy"}),),
        backwards=backwards,
        collapse=collapse,
        steps=steps,
        window=hours * 3600,
    )
    expected = by_hand.paths(
        events,
        named("trial"),
        lambda _: True,
        backwards=backwards,
        steps=steps,
        collapse=collapse,
        window=timedelta(hours=hours) if hours else None,
    )
    rows = shop.explorer.run_composed(counted(paths, shop.explorer)).rows
    assert {tuple(row[:-1]): row[-1] for row in rows} == dict(expected)
    for names, count in expected.items():
        who = shop.explorer.run_composed(members(paths, PathPick(names), shop.explorer)).rows
        assert len(who) == count
