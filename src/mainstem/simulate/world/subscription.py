"""What an account pays for and for how long: its terms and line items, planned at the purchase.

ARR of a line item follows the usual definition; one of zero days is a one-off and has none. It knows no
CRM and writes no row.
"""

from __future__ import annotations

from calendar import isleap
from datetime import date, timedelta
from math import exp
from typing import TYPE_CHECKING

import msgspec

from mainstem.simulate.chance import Chance

if TYPE_CHECKING:
    from mainstem.simulate.world.difficulty import Difficulty

_PLANS = {"professional": 0.6, "enterprise": 0.4}
_MEDIAN_ARR = {"professional": 3_000, "enterprise": 9_000}
"""US dollars at the start; log-normal with sigma 1."""
_SEAT_CENTS = 12_000
"""ARR of a seat."""
MEAN_ARR_CENTS = round(100 * exp(0.5) * sum(_PLANS[plan] * _MEDIAN_ARR[plan] for plan in _PLANS))
"""Of an account at the start."""


class LineItem(msgspec.Struct, frozen=True):
    line_item_id: str
    product: str
    first_day: date
    last_day: date
    """Included."""
    cents: int
    """The price of the whole term."""

    @property
    def arr_cents(self) -> int:
        """`365 × total / (days + 1 − leap days crossed)` with days from first to last; zero for zero days."""
        days = (self.last_day - self.first_day).days
        if days == 0:
            return 0
        return round(365 * self.cents / (days + 1 - _leap_days(self.first_day, self.last_day)))


class Term(msgspec.Struct, frozen=True):
    """One won opportunity."""

    number: int
    kind: str
    """new, renewal, expansion or resurrection."""
    closed: date
    line_items: tuple[LineItem, ...]
    seats: int
    """Of the account, from this term on."""

    @property
    def last_day(self) -> date:
        """Of what it is mainly about: a co-termed addition ends on the same day."""
        return self.line_items[0].last_day


class Subscriber(msgspec.Struct, frozen=True):
    """What of an account decides its terms."""

    account_id: str
    plan: str
    health: float
    """0 … 1; hidden from everybody."""
    arr_cents: int
    """At the start."""
    seats: int

    @property
    def monthly_churn(self) -> float:
        return 0.005 + 0.03 * (1.0 - self.health) ** 2


def plan_subscriber(seed: int, account_id: str) -> Subscriber:
    chance = Chance(seed, "subscriber", account_id)
    plan = chance.pick(_PLANS)
    arr = chance.lognormal(_MEDIAN_ARR[plan], 1.0)
    health = min(1.0, max(0.0, chance.uniform(0, 1) ** 0.6))
    cents = round(arr) * 100
    return Subscriber(account_id, plan, health, cents, _seats(cents))


class Terms:
    """The terms of one account one after another, as long as anybody asks for the next."""

    def __init__(self, seed: int, subscriber: Subscriber, rates: Difficulty) -> None:
        self._chance = Chance(seed, "terms", subscriber.account_id)
        self._subscriber = subscriber
        self._rates = rates
        self._arr = subscriber.arr_cents
        self._number = 0

    @property
    def arr_cents(self) -> int:
        """What it pays a year by now, one-offs left out."""
        return self._arr

    def won(self, kind: str, closed: date, first_day: date) -> list[Term]:
        """A term and, now and then, an addition to it that ends with it; ordered by close date."""
        chance, rates = self._chance, self._rates
        years = chance.one_of((2, 3)) if chance.happens(rates.multi_year) else 1
        if kind == "renewal":
            self._arr = round(self._arr * (chance.uniform(0.7, 0.98) if chance.happens(0.2) else 1.0))
        last_day = _years_later(first_day, years) - timedelta(days=1)
        items = [self._item(self._subscriber.plan, first_day, last_day, self._arr * years)]
        if chance.happens(rates.odd_term):
            items.append(self._odd(kind, closed, first_day))
        self._number += 1
        terms = [Term(self._number, kind, closed, tuple(items), _seats(self._arr))]
        if chance.happens(rates.co_termed):
            terms.append(self._addition(first_day, last_day))
        return terms

    def leaves(self, term: Term) -> bool:
        """Whether the account ends with this term: its monthly hazard over the term's months."""
        months = max(1, round((term.last_day - term.closed).days / 30.4))
        return not self._chance.happens((1.0 - self._subscriber.monthly_churn) ** months)

    def returns_after(self) -> timedelta | None:
        if not self._chance.happens(self._rates.returns):
            return None
        return timedelta(days=self._chance.whole(90, 540))

    def skip(self) -> None:
        """The next term's number was spent on one that was lost."""
        self._number += 1

    def signed_before_end(self) -> timedelta:
        """How long before the end of a term its renewal is signed; a few are late."""
        return timedelta(days=self._chance.whole(-10, 60))

    def _addition(self, first_day: date, last_day: date) -> Term:
        start = first_day + timedelta(days=self._chance.whole(60, 240))
        share = (last_day - start).days / 365
        more = round(self._arr * self._chance.uniform(0.1, 0.6))
        self._arr += more
        self._number += 1
        item = self._item("additional seats", start, last_day, round(more * share))
        return Term(self._number, "expansion", start, (item,), _seats(self._arr))

    def _odd(self, kind: str, closed: date, first_day: date) -> LineItem:
        """A one-off of zero days, or one that runs into the term before."""
        if kind != "renewal" or self._chance.happens(0.5):
            return self._item("training", first_day, first_day, 150_000)
        start = max(closed, first_day - timedelta(days=14))
        return self._item("premier support", start, _years_later(start, 1), 90_000)

    def _item(self, product: str, first_day: date, last_day: date, cents: int) -> LineItem:
        return LineItem(f"oli_{self._chance.token(15)}", product, first_day, last_day, cents)


def _seats(arr_cents: int) -> int:
    return max(5, round(arr_cents / _SEAT_CENTS))


def _years_later(day: date, years: int) -> date:
    if day.month == 2 and day.day == 29:
        day = day.replace(month=3, day=1)
    return day.replace(year=day.year + years)


def _leap_days(first: date, last: date) -> int:
    years = (year for year in range(first.year, last.year + 1) if isleap(year))
    return sum(first <= date(year, 2, 29) <= last for year in years)
