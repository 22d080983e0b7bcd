from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from mainstem.cohorts import Condition, Funnel, FunnelPick, keeping
from mainstem.cohorts.keeping import (
    Keeper,
    NewCohort,
    ShelvedCohorts,
    may_know,
    may_see_size,
    recount,
    short_name,
)
from mainstem.errors import QueryError
from mainstem.query.connections import Connections
from mainstem.query.context import EVERYTHING, Asking
from mainstem.query.request import Request
from mainstem.query.warehouse_explorer import WarehouseExplorers
from mainstem.testing.cohorts_by_hand import Event
from mainstem.testing.memory_cohorts import MemoryCohorts

if TYPE_CHECKING:
    from mainstem.query.warehouse_explorer import WarehouseExplorer
    from mainstem.testing.cohorts_shop import Shop

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
NOON = datetime(2026, 5, 4, 12)  # noqa: DTZ001 -- naive UTC, as the table holds it
VISITED = Funnel(
    model="shop",
    unit="person",
    steps=(Condition("events", {"events.event": "visit"}), Condition("events", {"events.event": "buy"})),
    window=3600,
)


class Desk:
    """A shop with people, and cohorts to filter by."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.shelf = MemoryCohorts()
        self.now = NOW
        self.keeper = Keeper(self.shelf, lambda: self.now)
        self.explorers = WarehouseExplorers(
            lambda: shop.explorer.project,
            Connections(shop.warehouse),
            lambda: NOW,
            cohorts=ShelvedCohorts(self.shelf),
        )
        self.happened(("a1", "visit"), ("a2", "visit"), ("a2", "buy"), ("b1", "visit"))
        for one in ("a1", "a2", "b1", None):
            shop.warehouse.connection.execute("INSERT INTO people VALUES (?, ?)", (one, one))

    def happened(self, *rows: tuple[str, str]) -> None:
        late = (("a2", "leave"), ("b1", "leave"))
        self.shop.warehouse.fill(
            Event(row[0], NOON + timedelta(minutes=n, days=9 if row in late else 0), str(n), row[1])
            for n, row in enumerate((*rows, *late))
        )

    def of(self, asking: Asking = EVERYTHING) -> WarehouseExplorer:
        return self.explorers.of(asking)

    def make(self, title: str = "Did not buy", *, asking: Asking = EVERYTHING, dynamic: bool = False) -> str:
        new = NewCohort(title, "", dynamic, VISITED, FunnelPick(1, "dropped"))
        return self.keeper.make(new, "ada", self.of(asking), asking).name

    def names(self, expression: str, field: str = "people.id", asking: Asking = EVERYTHING) -> list[object]:
        request = Request(
            model="shop", explore="people", fields=("people.name",), filters={field: expression},
            sorts=("people.name",),
        )  # fmt: skip
        return [row[0] for row in self.of(asking).run(request).rows]


@pytest.fixture
def desk(shop: Shop) -> Desk:
    return Desk(shop)


def test_those_who_dropped_off_filter_another_explore(desk: Desk) -> None:
    assert desk.make() == "did-not-buy"
    assert desk.names("in cohort did-not-buy") == ["a1", "b1"]
    assert desk.names("not in cohort did-not-buy") == ["a2", None]
    assert desk.names("in cohort did-not-buy, not in cohort did-not-buy") == []
    assert desk.names('"in cohort did-not-buy"') == []


def test_sql_that_is_shown_lists_no_member(desk: Desk) -> None:
    desk.make()
    request = Request(
        model="shop", explore="people", fields=("people.people",), totals=True,
        filters={"people.id": "in cohort did-not-buy"},
    )  # fmt: skip
    result = desk.of().run(request)
    assert result.rows == [(2,)]
    assert "IN (SELECT id FROM cohorts.members WHERE cohort = 'did-not-buy')" in result.sql
    assert "a1" not in result.sql
    assert "a1" in desk.shop.warehouse.asked[-1]


@pytest.mark.parametrize(
    ("field", "expression", "said"),
    [
        ("people.id", "in cohort did-not-by", "did you mean did-not-buy"),
        ("events.account_id", "in cohort did-not-buy", "is the key of units account"),
    ],
)
def test_a_cohort_that_cannot_be_meant_is_told(desk: Desk, field: str, expression: str, said: str) -> None:
    desk.make()
    explore = field.partition(".")[0]
    request = Request(model="shop", explore=explore, fields=(field,), filters={field: expression})
    with pytest.raises(QueryError, match=said):
        desk.of().run(request)


def test_a_name_that_is_taken_gets_a_number(desk: Desk) -> None:
    assert [desk.make(), desk.make("Did not buy!")] == ["did-not-buy", "did-not-buy-2"]
    assert short_name("Größe über  100 %") == "groe-uber-100"
    assert short_name("東京") == "cohort"


def test_a_restricted_maker_keeps_those_they_may_see_and_its_size_is_for_their_like(desk: Desk) -> None:
    only_a = Asking({"account": "a"})
    name = desk.make(asking=only_a)
    kept = desk.shelf.find(name)
    assert kept is not None
    assert [member.id for member in desk.shelf.members(name)] == ["a1"]
    assert may_see_size(kept, only_a, desk.explorers)
    assert may_see_size(kept, EVERYTHING, desk.explorers)
    assert not may_see_size(kept, Asking({"account": "b"}), desk.explorers)
    assert may_see_size(kept, Asking({"account": "a", "login": "bob"}), desk.explorers)


def test_who_may_not_see_its_explores_does_not_know_of_a_cohort(desk: Desk) -> None:
    guarded = Condition("guarded", {"events.event": "visit"})
    funnel = Funnel(model="shop", unit="person", steps=(guarded, guarded))
    kept = desk.keeper.make(
        NewCohort("Guarded", "", False, funnel, FunnelPick(1)), "ada", desk.of(), EVERYTHING
    )
    boss, other = Asking({"boss": "yes"}), Asking({"boss": "no"})
    assert may_know(kept, desk.of(boss))
    assert not may_know(kept, desk.of(other))
    assert desk.names("in cohort guarded", asking=boss) == ["a1", "a2", "b1"]
    with pytest.raises(QueryError, match="no cohort guarded; cohorts of person are none yet"):
        desk.names("in cohort guarded", asking=other)


def test_counting_again_follows_the_rows_and_what_the_owner_may_see_now(desk: Desk) -> None:
    name = desk.make(dynamic=True)
    static = desk.make("As it was")
    desk.now = NOW + timedelta(days=1)
    desk.happened(("a1", "visit"), ("a1", "buy"), ("a2", "visit"), ("b1", "visit"))
    [(_, count, problem)] = recount(desk.keeper, desk.explorers, lambda _: EVERYTHING)
    assert count is not None
    assert (count.size, count.entered, count.left_it, problem) == (2, 1, 1, "")
    assert [(one.id, one.since) for one in desk.shelf.members(name)] == [("a2", desk.now), ("b1", NOW)]
    assert [one.id for one in desk.shelf.members(static)] == ["a1", "b1"]
    recount(desk.keeper, desk.explorers, lambda _: Asking({"account": "b"}))
    assert [one.id for one in desk.shelf.members(name)] == ["b1"]


def test_a_cohort_of_somebody_who_left_is_told_and_stays_as_it_was(desk: Desk) -> None:
    name = desk.make(dynamic=True)
    [(_, count, problem)] = recount(desk.keeper, desk.explorers, lambda _: None)
    assert (count, problem.startswith("its owner ada may not ask")) == (None, True)
    kept = desk.shelf.find(name)
    assert kept is not None
    assert (kept.problem, kept.size) == (problem, 2)


def test_too_many_members_are_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "MOST_MEMBERS", 1)
    with pytest.raises(QueryError, match="these are 2; a cohort holds 1 at most"):
        desk.make()
    assert desk.shelf.all() == []
