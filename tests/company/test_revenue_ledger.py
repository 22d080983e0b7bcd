"""Revenue models on random line items against a ledger kept day by day in plain Python."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from mainstem.simulate.world import Change
from mainstem.simulate.world.timeline import moment
from mainstem.testing.company import CompanyLake
from tests.company.compiled_models import CompiledModels

if TYPE_CHECKING:
    import duckdb

pytestmark = pytest.mark.long

FIRST, TODAY = date(2019, 11, 1), date(2021, 9, 20)
MODELS = (
    "+fct_revenue_quarter",
    "+fct_bookings_bridge",
    "+fct_renewal",
    "assert_terms_are_recognised_to_the_cent",
)
TESTS = ("assert_arr_movements_bridge_every_month", "assert_bookings_bridge_to_arr")


@dataclass(frozen=True)
class Item:
    account: str
    product: str
    closed: date
    start: date
    days: int
    """From the first day to the last."""
    cents: int

    @property
    def end(self) -> date:
        return self.start + timedelta(days=self.days)


@dataclass(frozen=True)
class Rules:
    zero_day: str
    overlap: str


RULES = (Rules("one_off", "add"), Rules("one_year", "replace"))

dates = st.dates(FIRST, TODAY + timedelta(days=60))
terms = st.sampled_from((0, 1, 27, 59, 364, 365, 366, 729, 730)) | st.integers(1, 800)
items = st.builds(
    Item,
    st.sampled_from(("a", "b", "c")),
    st.sampled_from(("seats", "support")),
    dates.map(lambda day: min(day, TODAY)),
    dates | st.sampled_from((date(2020, 2, 28), date(2020, 2, 29), date(2020, 3, 1))),
    terms,
    st.integers(-3_000, 90_000) | st.sampled_from((0, 1, 73, 36_500, 10**12 + 1)),
)


def active(place: int, rules: Rules, mine: list[Item]) -> tuple[date, date, int] | None:
    """First and last day with ARR and its cents, of one of an account's items of a product by their start."""
    item = mine[place]
    end = item.end
    if item.days == 0:
        if rules.zero_day == "one_off":
            return None
        end = date(
            item.start.year + 1, item.start.month, min(item.start.day, 28 if item.start.month == 2 else 31)
        )
        end -= timedelta(days=1)
        arr = item.cents
    else:
        leaps = sum(
            (day.month, day.day) == (2, 29)
            for day in (item.start + timedelta(days=number) for number in range(item.days + 1))
        )
        arr = round(Fraction(365 * item.cents, item.days + 1 - leaps))
    if rules.overlap == "replace":
        later = mine[place + 1 :]
        if later and later[0].start <= end:
            end = later[0].start - timedelta(days=1)
    return (item.start, end, arr) if end >= item.start else None


class Ledger:
    """ARR of every account on every day, and what follows from it."""

    def __init__(self, sold: list[Item], rules: Rules) -> None:
        groups: dict[tuple[str, str], list[Item]] = defaultdict(list)
        for item in sold:  # in the order of their ids
            groups[item.account, item.product].append(item)
        self.arr: dict[str, dict[date, int]] = defaultdict(lambda: defaultdict(int))
        for (account, _), mine in groups.items():
            recurring = [item for item in mine if item.days or rules.zero_day == "one_year"]
            recurring.sort(key=lambda item: item.start)
            for place in range(len(recurring)):
                span = active(place, rules, recurring)
                if span:
                    day = span[0]
                    while day <= min(span[1], TODAY):
                        self.arr[account][day] += span[2]
                        day += timedelta(days=1)
        self.days = [FIRST + timedelta(days=number) for number in range((TODAY - FIRST).days + 1)]

    def movements(self) -> set[tuple[str, date, str, int]]:
        found = set()
        for account, arr in self.arr.items():
            before, paid = 0, False
            for day in self.days:
                now = arr.get(day, 0)
                if now != before:
                    found.add((account, day, self._kind(before, now, paid), now - before))
                paid = paid or now > 0
                before = now
        return found

    def _kind(self, before: int, now: int, paid: bool) -> str:
        if before <= 0 < now:
            return "resurrection" if paid else "new"
        if now <= 0 < before:
            return "churn"
        return "expansion" if now > before else "contraction"

    def total(self, day: date) -> int:
        return sum(arr.get(day, 0) for arr in self.arr.values())

    def retention(self, began: date, ended: date) -> tuple[int, int, int]:
        """Base, net, gross."""
        base = {account: arr[began] for account, arr in self.arr.items() if arr.get(began, 0) > 0}
        now = {account: max(self.arr[account].get(ended, 0), 0) for account in base}
        return sum(base.values()), sum(now.values()), sum(min(now[key], base[key]) for key in base)


@pytest.fixture(
    scope="module",
    params=(RULES[0], pytest.param(RULES[1], marks=pytest.mark.slow)),
    ids=("one_off-add", "one_year-replace"),
)
def revenue(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Rules, CompiledModels, duckdb.DuckDBPyConnection]:
    rules: Rules = request.param
    lake = CompanyLake(tmp_path_factory.mktemp("revenue"))
    rows = _rows(0, Item("a", "p", FIRST, FIRST, 1, 1))
    lake.load_changes([Change(moment(FIRST), "crm", table, row["id"], row) for table, row in rows.items()])
    variables = {
        "revenue_as_of_date": TODAY.isoformat(),
        "revenue_calendar_start": "2019-01-01",
        "revenue_calendar_end": "2024-01-01",
        "revenue_zero_day_rule": rules.zero_day,
        "revenue_overlap_rule": rules.overlap,
    }
    models = CompiledModels(lake, (*MODELS, *TESTS, "models/marts/revenue/fct_arr_day.sql"), variables)
    return rules, models, models.open()


def _rows(number: int, item: Item) -> dict[str, dict[str, Any]]:
    """An opportunity of its own for each line item."""
    return {
        "opportunities": {
            "id": f"o{number:03}",
            "account_id": item.account,
            "stage": "Closed Won ",
            "type": "renewal" if number % 2 else "new",
            "close_date": item.closed.isoformat(),
            "updated_at": "2021-09-01T00:00:00Z",
        },
        "opportunity_line_items": {
            "id": f"i{number:03}",
            "opportunity_id": f"o{number:03}",
            "product": item.product,
            "start_date": item.start.isoformat(),
            "end_date": item.end.isoformat(),
            "total_price": item.cents / 100,
            "updated_at": "2021-09-01T00:00:00Z",
        },
    }


def _fill(connection: duckdb.DuckDBPyConnection, sold: list[Item]) -> None:
    for table in ("opportunities", "opportunity_line_items"):
        connection.execute(f"DELETE FROM crm.{table}")
        if sold:
            rows = pa.Table.from_pylist([_rows(number, item)[table] for number, item in enumerate(sold)])
            connection.register("fresh", rows)
            connection.execute(f"INSERT INTO crm.{table} BY NAME FROM fresh")
            connection.unregister("fresh")


@settings(
    max_examples=20,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
@given(sold=st.lists(items, max_size=9))
def test_revenue_of_random_line_items_is_that_of_a_ledger_kept_by_the_day(
    revenue: tuple[Rules, CompiledModels, duckdb.DuckDBPyConnection], sold: list[Item]
) -> None:
    rules, models, connection = revenue
    _fill(connection, sold)
    models.run(connection)
    assert models.failures(connection) == {}

    ledger = Ledger(sold, rules)
    moved = connection.execute(
        "SELECT account_id, moved_on, movement_type, change_cents FROM analytics.fct_arr_movement"
    ).fetchall()
    assert set(moved) == ledger.movements()
    assert len(moved) == len(set(moved))
    by_day = dict(connection.execute("SELECT arr_date, arr_cents FROM analytics.fct_arr_day").fetchall())
    assert {day: by_day.get(day, 0) for day in ledger.days} == {day: ledger.total(day) for day in ledger.days}
    months = connection.execute(
        "SELECT month_start, as_of_date, retention_base_cents, retention_net_cents, retention_gross_cents "
        "FROM analytics.fct_revenue_month"
    ).fetchall()
    for month, ended, *told in months:
        began = date(month.year - (month.month < 12), month.month % 12 + 1, 1) - timedelta(days=1)
        base, net, gross = ledger.retention(began, ended)
        assert told == [amount if base else None for amount in (base, net, gross)]
