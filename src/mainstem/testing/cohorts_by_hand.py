"""Funnels, retentions and paths reckoned in plain Python, event by event: what their SQL is held to.

It shares nothing with the SQL but the words of `mainstem.cohorts.definition`: every chain of events is tried.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence


@dataclass(frozen=True)
class Event:
    unit: str | None
    at: datetime
    key: str
    """Orders events of one moment."""
    name: str
    place: str | None = None


@dataclass(frozen=True)
class Attempt:
    began: datetime
    said: str | None
    times: tuple[datetime, ...]
    """When each step was reached, in the order they were."""
    is_over: bool


def by_unit(events: Iterable[Event]) -> dict[str, list[Event]]:
    found: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        if event.unit is not None:
            found[event.unit].append(event)
    return {unit: sorted(every, key=lambda one: (one.at, one.key)) for unit, every in found.items()}


def funnel(
    events: Sequence[Event],
    steps: Sequence[Callable[[Event], bool]],
    *,
    mode: str,
    window: timedelta,
    ends: Callable[[Event], bool] = lambda _: False,
    begins: Callable[[Event], bool] = lambda _: True,
) -> dict[str, Attempt]:
    """The best attempt of each unit that began one. `begins`: whether an attempt may begin at that event."""
    newest = max((event.at for event in events), default=None)
    found: dict[str, Attempt] = {}
    for unit, own in by_unit(events).items():
        tries = [
            (_reached(own, start, steps, mode, window, ends), own[start])
            for start, event in enumerate(own)
            if begins(event) and any(step(event) for step in (steps if mode == "any" else steps[:1]))
        ]
        if not tries:
            continue
        times, first = max(tries, key=lambda one: len(one[0]))  # of equals the first: they are in order
        last_began = max(event.at for _, event in tries)
        over = len(times) == len(steps) or (newest is not None and last_began + window <= newest)
        found[unit] = Attempt(first.at, first.place, tuple(times), over)
    return found


def _reached(
    own: list[Event],
    start: int,
    steps: Sequence[Callable[[Event], bool]],
    mode: str,
    window: timedelta,
    ends: Callable[[Event], bool],
) -> list[datetime]:
    stop = next((n for n in range(start + 1, len(own)) if ends(own[n])), len(own))
    open_to = [n for n in range(start, len(own)) if n < stop and own[n].at <= own[start].at + window]
    if mode == "any":
        firsts = [next((n for n in open_to if step(own[n])), None) for step in steps]
        return sorted(own[n].at for n in firsts if n is not None)
    chains: list[tuple[int, ...]] = [(start,)]
    longest: dict[int, int] = {1: start}
    while chains:
        chain = chains.pop()
        if len(chain) == len(steps):
            continue
        for n in open_to:
            follows = n == chain[-1] + 1 if mode == "strict" else n > chain[-1]
            if follows and steps[len(chain)](own[n]):
                longer = (*chain, n)
                best = longest.get(len(longer))
                if best is None or n < best:
                    longest[len(longer)] = n
                chains.append(longer)
    return [own[longest[k]].at for k in sorted(longest)]


def funnel_counts(attempts: dict[str, Attempt], steps: int) -> list[tuple[int, int, int, int, float, float]]:
    """(step, units, dropped, in time, median seconds from the step before, and from the first)."""
    rows = []
    for step in range(1, steps + 1):
        here = [one for one in attempts.values() if len(one.times) >= step]
        if not here:
            continue
        stayed = [one for one in here if len(one.times) == step]
        before = [(one.times[step - 1] - one.times[max(step - 2, 0)]).total_seconds() for one in here]
        start = [(one.times[step - 1] - one.began).total_seconds() for one in here]
        dropped = sum(one.is_over for one in stayed) if step < steps else 0
        waiting = sum(not one.is_over for one in stayed)
        rows.append((step, len(here), dropped, waiting, median(before), median(start)))
    return rows


def period(day: date, span: str) -> date:
    if span == "day":
        return day
    return day - timedelta(days=day.weekday()) if span == "week" else day.replace(day=1)


def apart(start: date, end: date, span: str) -> int:
    if span == "month":
        return (end.year - start.year) * 12 + end.month - start.month
    return (end - start).days // (7 if span == "week" else 1)


def retention(
    events: Sequence[Event],
    start: Callable[[Event], bool],
    back: Callable[[Event], bool],
    *,
    span: str,
    method: str,
    periods: Sequence[tuple[int, int]],
    day_of: Callable[[datetime], date] = lambda at: at.date(),
    within: Callable[[date], bool] = lambda _: True,
) -> dict[tuple[date, int, int], tuple[int, int, bool]]:
    """(first period, first, last) → (size, retained, whether that is final)."""
    newest = max((day_of(event.at) for event in events), default=date.min)
    firsts: dict[str, date] = {}
    came: dict[str, set[date]] = {}
    for unit, own in by_unit(events).items():
        began = [day_of(event.at) for event in own if start(event)]
        if began and within(min(began)):
            firsts[unit] = period(min(began), span)
            came[unit] = {period(day_of(event.at), span) for event in own if back(event)}
    answer: dict[tuple[date, int, int], tuple[int, int, bool]] = {}
    for first_period in set(firsts.values()):
        units = [unit for unit, began in firsts.items() if began == first_period]
        for first, last in periods:
            retained = 0
            for unit in units:
                numbers = {apart(first_period, one, span) for one in came[unit] if one > first_period}
                if method == "rolling":
                    retained += any(n >= first for n in numbers)
                else:
                    retained += any(first <= n <= last for n in numbers)
            final = apart(first_period, period(newest, span), span) > last
            answer[first_period, first, last] = len(units), retained, final
    return answer


def paths(
    events: Sequence[Event],
    anchor: Callable[[Event], bool],
    read: Callable[[Event], bool],
    *,
    backwards: bool,
    steps: int,
    collapse: bool,
    window: timedelta | None,
) -> Counter[tuple[str | None, ...]]:
    """How many units took each path, its names from the anchor on; None where it had ended."""
    found: Counter[tuple[str | None, ...]] = Counter()
    for own in by_unit(events).values():
        at = next((n for n, event in enumerate(own) if anchor(event)), None)
        if at is None:
            continue
        beside = own[:at][::-1] if backwards else own[at + 1 :]
        near = [one for one in beside if read(one) and (window is None or abs(one.at - own[at].at) <= window)]
        names = [own[at].name, *(one.name for one in near)]
        if collapse:
            names = [names[0], *(after for before, after in pairwise(names) if after != before)]
        cut: list[str | None] = [*names[: steps + 1]]
        found[tuple(cut + [None] * (steps + 1 - len(cut)))] += 1
    return found
