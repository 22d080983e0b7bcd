"""Text → date terms: which forms there are, how they are spelled, and what is wrong with the others.

A comma joins alternatives. It reads what Looker documents, and a few ways people write the same; it never
guesses at a date's order of day and month.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from mainstem.errors import FilterError
from mainstem.filters.calendar import WEEKDAYS, Interval
from mainstem.filters.date_terms import (
    Absolute,
    After,
    Away,
    Before,
    Between,
    DateExpression,
    DayName,
    Direction,
    FiscalPeriod,
    Lasting,
    Latest,
    NearDay,
    Neighbour,
    Nothing,
    Now,
    Span,
    Term,
    Until,
)
from mainstem.filters.near_misses import suggestion, unknown_word

if TYPE_CHECKING:
    from collections.abc import Callable

VALID = (
    "7 days, last 7 days, 3 complete months, last month, this month, next week, today, yesterday, monday, "
    "3 days ago, 2 weeks from now, 2 weeks ago for 1 week, 2024, 2024-01, 2024-Q1, 2024-01-31, "
    "2024-01-31 12:00, FY2024, FY2024-Q1, 2024-01-01 to 2024-02-01, 2024-01-01 for 3 days, "
    "before 2024-01-01, after 3 days ago, this year to day, NULL, NOT NULL, and lists of these with commas; "
    "intervals are second, minute, hour, day, week, month, quarter, fiscal quarter, year, fiscal year"
)
_KNOWN_WORDS = (
    "second minute hour day week month quarter year fiscal "
    "seconds minutes hours days weeks months quarters years "
    "last this next ago from now for before after to today yesterday tomorrow "
    "complete not null fy q t z "
)
_WORDS = (*_KNOWN_WORDS.split(), *WEEKDAYS)
_REWRITES = (
    (r"^(?:past|previous|prior|trailing) (\d.*)$", r"last \1"),
    (r"^(?:past|previous|prior) ", "last "),
    (r"^(?:current) ", "this "),
    (r"^next (\d+) (\w+?)s?$", r"1 \2 from now for \1 \2s"),
    (r"^(?:in|in the|within|within the) (last \d.*)$", r"\1"),
    (r"^(?:since|from) (.+)$", r"after \1"),
    (r"^(?:until|till|through) (.+)$", r"before \1"),
    (r"^between (.+) and (.+)$", r"\1 to \2"),
    (r"^(\d{4}\S*(?: \S+)?) (?:-|–|until|till|through) (\d{4}.*)$", r"\1 to \2"),
    (r"^(?:year to date|ytd)$", "this year to second"),
    (r"^(?:month to date|mtd)$", "this month to second"),
    (r"^(?:quarter to date|qtd)$", "this quarter to second"),
    (r"^(?:is not null|-null|not empty|-empty)$", "not null"),
    (r"^(?:is null|empty|none)$", "null"),
    (r"\b(\d{4})[-/.](\d)\b", r"\1-0\2"),
    (r"\b(\d{4}-\d\d)[-/.](\d)\b", r"\1-0\2"),
    (r"\b(\d{4})[-/.](\d)[-/.](\d)\b", r"\1-0\2-0\3"),
    (r"\b(\d{4})\.(\d\d)\.(\d\d)\b", r"\1-\2-\3"),
    (r"\bq([1-4])[- ]?(\d{4})\b", r"\2-q\1"),
)
_INTERVAL = r"(second|minute|hour|day|week|month|quarter|year|fiscal quarter|fiscal year)s?"
_COUNT = r"(\d{1,9})"
_DATE = re.compile(
    r"(\d{4})(?:([-/])(\d{2})(?:\2(\d{2})(?:(?: |t)(\d{2})(?::(\d{2})(?::(\d{2}))?)?)?)?)?z?", re.ASCII
)
_FINEST = (Interval.YEAR, Interval.MONTH, Interval.DAY, Interval.HOUR, Interval.MINUTE, Interval.SECOND)
_FINENESS = tuple(Interval)
_NEAR_DAYS = {"yesterday": -1, "today": 0, "tomorrow": 1}


def read_date(expression: str) -> DateExpression:
    """Raises FilterError."""
    included: list[Term] = []
    excluded: list[Term] = []
    for item in re.finditer(r"[^,]+", expression):
        if item[0].strip():
            negated, term = _item(expression, item)
            (excluded if negated else included).append(term)
    return DateExpression(tuple(included), tuple(excluded))


class _NotUnderstood(Exception):
    pass


class _NoTime(_NotUnderstood):
    pass


def _item(expression: str, item: re.Match[str]) -> tuple[bool, Term]:
    try:
        return _negated_term(" ".join(item[0].lower().split()))
    except (_NotUnderstood, ValueError, OverflowError) as e:
        raise _error(expression, item, e) from e


def _negated_term(text: str) -> tuple[bool, Term]:
    bare = re.sub(r"^(?:not |-(?=null$))", "", text)
    return bare != text, _term(bare)


def _term(text: str) -> Term:
    if text == "null":
        return Nothing()
    for pattern, form in _FORMS:
        match = pattern.fullmatch(text)
        if match:
            return form(match)
    return _span(text)


def _span(text: str) -> Span:
    for pattern, form in _SPANS:
        match = pattern.fullmatch(text)
        if match:
            return form(match)
    raise _NoTime(f"{text!r} is no time")


def _before(match: re.Match[str]) -> Term:
    return Before(_bound(match[1]))


def _after(match: re.Match[str]) -> Term:
    return After(_bound(match[1]))


def _bound(text: str) -> Span:
    """`before 3 days` is before 3 days ago."""
    span = _span(text)
    if isinstance(span, Latest) and text[0].isdigit() and not span.complete:
        return Away(-span.count, span.interval)
    return span


def _until(match: re.Match[str]) -> Term:
    interval, finer = Interval(match[1]), Interval(match[2])
    if _FINENESS.index(finer) >= _FINENESS.index(interval):
        raise _NotUnderstood(f"a {finer} is no part of a {interval}, so nothing is between")
    return Until(interval, finer)


def _lasting(match: re.Match[str]) -> Term:
    span, count, interval = _span(match[1]), int(match[2]), Interval(match[3])
    if span == Away(-count, interval):
        return Latest(count, interval, complete=True)
    return Lasting(span, count, interval)


def _between(match: re.Match[str]) -> Term:
    first, second = _span(match[1]), _span(match[2])
    if isinstance(first, Absolute) and isinstance(second, Absolute) and second.start < first.start:
        raise _NotUnderstood("it ends before it begins")
    return Between(first, second)


_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Term]], ...] = (
    (re.compile(r"before (.+)"), _before),
    (re.compile(r"after (.+)"), _after),
    (re.compile(rf"this {_INTERVAL} to {_INTERVAL}"), _until),
    (re.compile(rf"(.+?) for {_COUNT} {_INTERVAL}"), _lasting),
    (re.compile(r"(.+?) to (.+)"), _between),
)
"""Forms made of others, in the order in which they are tried."""


def _date(match: re.Match[str]) -> Span:
    """A year, month, day, hour, minute or second, by how much of it is written."""
    given = [int(part) for number, part in enumerate(match.groups(), 1) if part is not None and number != 2]
    start = datetime(*(given + [1, 1, 0, 0, 0][len(given) - 1 :]))  # type: ignore[arg-type] # noqa: DTZ001 -- naive by contract
    return Absolute(start, _FINEST[len(given) - 1])


def _quarter(match: re.Match[str]) -> Span:
    start = datetime(int(match[1]), 3 * int(match[2]) - 2, 1)  # noqa: DTZ001 -- naive by contract
    return Absolute(start, Interval.QUARTER)


def _fiscal(match: re.Match[str]) -> Span:
    return FiscalPeriod(int(match[1]), int(match[2]) if match[2] else None)


def _latest(match: re.Match[str]) -> Span:
    return Latest(int(match[1]), Interval(match[3]), complete=match[2] is not None)


def _away(match: re.Match[str]) -> Span:
    count = int(match[1])
    return Away(-count if match[3] == "ago" else count, Interval(match[2]))


_SPANS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Span]], ...] = (
    (_DATE, _date),
    (re.compile(r"(\d{4})[-/]q([1-4])", re.ASCII), _quarter),
    (re.compile(r"fy(\d{4})(?:[-/]q([1-4]))?", re.ASCII), _fiscal),
    (re.compile("|".join(_NEAR_DAYS)), lambda m: NearDay(_NEAR_DAYS[m[0]])),
    (re.compile("|".join(WEEKDAYS)), lambda m: DayName(WEEKDAYS.index(m[0]))),
    (re.compile(rf"(last|this|next) {_INTERVAL}"), lambda m: Neighbour(Direction(m[1]), Interval(m[2]))),
    (re.compile(rf"(?:last )?{_COUNT} (complete )?{_INTERVAL}", re.ASCII), _latest),
    (re.compile(rf"{_COUNT} {_INTERVAL} (ago|from now)", re.ASCII), _away),
    (re.compile("now"), lambda _: Now()),
)


def _error(expression: str, item: re.Match[str], reason: Exception) -> FilterError:
    text = item[0].strip()
    at, read, problem = item.start() + item[0].index(text), text, str(reason)
    unknown = unknown_word(text, _WORDS) if isinstance(reason, _NoTime) else None
    if unknown is not None:
        at, read = at + unknown[0], unknown[1]
        problem = f"{read!r} is no word of a date filter"
    hint = suggestion(text, _WORDS, _reads, _REWRITES)
    return FilterError("date", expression, at, read, problem, VALID, hint)


def _reads(text: str) -> bool:
    try:
        _negated_term(text)
    except (_NotUnderstood, ValueError, OverflowError):
        return False
    return True
