from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from mainstem.cohorts import (
    Condition,
    Funnel,
    FunnelPick,
    Mode,
    PathPick,
    Paths,
    Retention,
    RetentionPick,
    counted,
    members,
)
from mainstem.errors import QueryError
from mainstem.query.context import Asking
from mainstem.testing.cohorts_by_hand import Event

if TYPE_CHECKING:
    from mainstem.cohorts import Definition, Pick
    from mainstem.testing.cohorts_shop import Shop

NOON = datetime(2026, 5, 4, 12)  # noqa: DTZ001 -- naive UTC, as the table holds it
VISIT, BUY = (Condition("events", {"events.event": name}) for name in ("visit", "buy"))


def happened(unit: str, *names: str, place: str | None = None) -> list[Event]:
    return [Event(unit, NOON + timedelta(hours=n), f"{unit}{n}", name, place) for n, name in enumerate(names)]


def funnel(*steps: Condition, **more: object) -> Funnel:
    return Funnel(model="shop", unit="person", steps=steps or (VISIT, BUY), **more)  # type: ignore[arg-type] # as a test writes them


@pytest.fixture
def filled(shop: Shop) -> Shop:
    shop.warehouse.fill(
        [*happened("a1", "visit", "buy"), *happened("b1", "visit"), *happened("b2", "visit", "buy")]
    )
    return shop


@pytest.mark.parametrize(
    ("definition", "pick", "of_all", "of_a"),
    [
        (funnel(), FunnelPick(1), ["a1", "b1", "b2"], ["a1"]),
        (
            Retention(model="shop", unit="person", start=VISIT, back=BUY),
            RetentionPick(),
            ["a1", "b1", "b2"],
            ["a1"],
        ),
        (
            Paths(model="shop", unit="person", anchor=VISIT, read=(Condition("events"),)),
            PathPick(("visit",)),
            ["a1", "b1", "b2"],
            ["a1"],
        ),
    ],
    ids=["funnel", "retention", "paths"],
)
def test_who_may_see_one_account_counts_and_lists_no_other(
    filled: Shop, definition: Definition, pick: Pick, of_all: list[str], of_a: list[str]
) -> None:
    def listed() -> list[object]:
        return [
            row[0] for row in filled.explorer.run_composed(members(definition, pick, filled.explorer)).rows
        ]

    assert listed() == of_all
    filled.asking.append(Asking({"account": "a"}))
    assert listed() == of_a
    filled.asking.append(Asking())
    assert listed() == []


def test_a_restricted_count_is_of_what_may_be_seen(filled: Shop) -> None:
    filled.asking.append(Asking({"account": "b"}))
    rows = filled.explorer.run_composed(counted(funnel(), filled.explorer)).rows
    assert [(row[2], row[3]) for row in rows] == [(1, 2), (2, 1)]


def test_segments_are_those_of_the_event_that_began_the_attempt(shop: Shop) -> None:
    shop.warehouse.fill(
        [
            *happened("a1", "visit", "buy", place="x"),
            *happened("a2", "visit"),
            *happened("b1", "visit", place="x"),
        ]
    )
    split = funnel(breakdown="events.place")
    rows = shop.explorer.run_composed(counted(split, shop.explorer)).rows
    assert [row[:4] for row in rows] == [
        ("all", None, 1, 3),
        ("all", None, 2, 1),
        ("segment", "x", 1, 2),
        ("segment", "x", 2, 1),
        ("segment", "∅", 1, 1),
    ]
    who = members(split, FunnelPick(1, "reached", "x"), shop.explorer)
    assert [row[0] for row in shop.explorer.run_composed(who).rows] == ["a1", "b1"]


def test_a_conversion_at_the_last_second_of_the_window_counts_and_one_later_does_not(shop: Shop) -> None:
    shop.warehouse.fill(happened("a1", "visit", "buy"))
    for window, reached in ((3600, 2), (3599, 1)):
        rows = shop.explorer.run_composed(counted(funnel(window=window), shop.explorer)).rows
        assert len(rows) == reached


def test_another_unit_of_the_same_rows_is_counted_by_its_own_key(filled: Shop) -> None:
    rows = filled.explorer.run_composed(
        counted(Funnel(model="shop", unit="account", steps=(VISIT, BUY)), filled.explorer)
    ).rows
    assert [(row[2], row[3]) for row in rows] == [(1, 2), (2, 2)]


def test_the_same_question_is_answered_from_what_is_known(filled: Shop) -> None:
    first = counted(funnel(), filled.explorer)
    assert filled.explorer.run_composed(first).sql == filled.explorer.run_composed(first).sql


@pytest.mark.parametrize(
    ("definition", "said"),
    [
        (funnel(VISIT), "2 to 10 steps"),
        (funnel(VISIT, VISIT, mode=Mode.ANY), "stands twice"),
        (funnel(window=0), "window"),
        (funnel(Condition("evnts"), BUY), "did you mean events"),
        (
            Funnel(model="shop", unit="tree", steps=(VISIT, BUY)),
            "no unit tree; its units are person, account",
        ),
        (funnel(Condition("events", {"events.nothing": "x"}), BUY), "events.nothing"),
        (Retention(model="shop", unit="person", start=VISIT, back=BUY, periods=0), "periods are 1 to"),
        (Paths(model="shop", unit="person", anchor=VISIT, read=()), "reads at least one"),
    ],
)
def test_what_cannot_be_asked_says_why(shop: Shop, definition: Definition, said: str) -> None:
    with pytest.raises(QueryError, match=said):
        shop.explorer.run_composed(counted(definition, shop.explorer))


def test_a_pick_of_another_kind_is_refused(shop: Shop) -> None:
    with pytest.raises(QueryError, match="another kind"):
        members(funnel(), PathPick(("visit",)), shop.explorer)
