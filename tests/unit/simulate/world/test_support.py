from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import Any

from mainstem.simulate.world.difficulty import Difficulty
from mainstem.simulate.world.installations import Standing
from mainstem.simulate.world.output import Change, Truth
from mainstem.simulate.world.people import plan_visitor
from mainstem.simulate.world.subscription import plan_subscriber
from mainstem.simulate.world.support import Office, support_life
from mainstem.simulate.world.wiring import Wiring


def at(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2021, month, day, hour, minute, tzinfo=UTC)


def test_office_minutes_pass_between_nine_and_five_by_the_local_clock() -> None:
    office = Office("europe")
    assert office.after(at(1, 4, 9), 60) == at(1, 4, 10)
    assert office.after(at(7, 5, 4), 60) == at(7, 5, 8)
    # Friday 16:30 in Berlin, and the weekend between.
    assert office.after(at(1, 8, 15, 30), 60) == at(1, 11, 8, 30)


def test_clocks_that_change_over_a_weekend_move_office_hours_in_utc() -> None:
    office = Office("america")
    assert office.after(at(3, 12, 21, 30), 60) == at(3, 15, 13, 30)


def test_nobody_answers_on_a_holiday() -> None:
    assert Office("asia").after(at(1, 1, 3), 10) == at(1, 4, 0, 10)


@cache
def tickets() -> list[tuple[datetime, Change | Truth]]:
    wiring = Wiring(5, Difficulty())
    buyer = plan_visitor(wiring, "buyer", date(2021, 1, 4))
    items: list[tuple[datetime, Change | Truth]] = []
    for name in range(150):
        standing = Standing("acc", f"{name:06d}-licence", plan_subscriber(5, f"acc{name}"), buyer)
        standing.ended = date(2024, 1, 1)
        items += [
            (moment, item)
            for moment, item in support_life(wiring, standing, "europe", at(1, 4, 12))
            if isinstance(item, Change | Truth)
        ]
    return items


def test_a_ticket_is_replied_to_before_it_is_solved_and_its_history_is_in_order() -> None:
    history: dict[str, list[dict[str, Any]]] = {}
    for moment, item in tickets():
        assert item.at == moment
        if isinstance(item, Truth):
            assert item.row["created_at"] < item.row["first_reply_at"] < item.row["solved_at"]
        elif item.table == "ticket_field_history" and item.row:
            history.setdefault(item.row["ticket_id"], []).append(item.row)
    assert history
    for changes in history.values():
        assert changes[0]["value"] == "new" and changes[-1]["value"] == "solved"
        assert all(first["created_at"] < then["created_at"] for first, then in pairwise(changes))


def test_an_account_that_left_opens_no_ticket() -> None:
    created = [i.row["created_at"] for _, i in tickets() if isinstance(i, Truth)]
    assert max(created) < datetime(2024, 1, 2, tzinfo=UTC)
    assert max(created) > datetime(2024, 1, 1, tzinfo=UTC) - timedelta(days=60)
