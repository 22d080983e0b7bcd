from __future__ import annotations

from datetime import date, timedelta

from mainstem.simulate.world.ledger import Ledger
from mainstem.simulate.world.subscription import LineItem


def item(first: date, last: date, cents: int) -> LineItem:
    return LineItem("oli_1", "professional", first, last, cents)


def test_arr_of_a_line_item_passes_over_leap_days_and_zero_days() -> None:
    assert item(date(2021, 1, 1), date(2021, 12, 31), 36_500).arr_cents == 36_500
    assert item(date(2020, 1, 1), date(2020, 12, 31), 36_500).arr_cents == 36_500
    assert item(date(2021, 1, 1), date(2022, 12, 31), 73_000).arr_cents == 36_500
    assert item(date(2021, 1, 1), date(2021, 1, 1), 36_500).arr_cents == 0


def test_an_account_is_new_then_grows_leaves_and_comes_back() -> None:
    ledger = Ledger()
    first, second = date(2021, 1, 1), date(2021, 3, 1)
    ledger.sign("a", item(first, first + timedelta(days=364), 36_500))
    ledger.sign("a", item(second, first + timedelta(days=364), 10_000))
    ledger.sign("a", item(date(2022, 6, 1), date(2023, 5, 31), 1_000))
    kinds = []
    total = 0
    day = first
    while day <= date(2022, 6, 1):
        facts = list(ledger.close(day))
        kinds += [fact.row["kind"] for fact in facts[:-1]]
        assert facts[-1].row["start_cents"] == total
        total += sum(fact.row["change_cents"] for fact in facts[:-1])
        assert facts[-1].row["arr_cents"] == total
        day += timedelta(days=1)
    assert kinds == ["new", "expansion", "churn", "resurrection"]
    assert total == 1_000


def test_a_renewal_on_the_next_day_is_no_movement() -> None:
    ledger = Ledger()
    ledger.sign("a", item(date(2021, 1, 1), date(2021, 12, 31), 36_500))
    ledger.sign("a", item(date(2022, 1, 1), date(2022, 12, 31), 36_500))
    assert [fact.row["kind"] for fact in list(ledger.close(date(2021, 1, 1)))[:-1]] == ["new"]
    assert len(list(ledger.close(date(2022, 1, 1)))) == 1
