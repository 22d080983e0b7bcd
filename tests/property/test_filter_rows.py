"""What a control can hold goes into the texts of a form and comes back, as itself and as its expression."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from mainstem.filters import Grammar
from mainstem.filters.calendar import Interval, beginning
from mainstem.filters.widgets import (
    DateKind,
    DateWidget,
    NumberOperator,
    NumberWidget,
    StringOperator,
    StringWidget,
    TierWidget,
)
from mainstem.web.filters.form import kept_pairs, taken
from mainstem.web.filters.settling import Draft, expression_of_rows, rows_of, settled
from mainstem.web.filters.subject import Subject

numbers = st.decimals(-(10**12), 10**12, places=3).map(lambda value: value + Decimal(0))
moments = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)).map(lambda at: at.replace(microsecond=0))  # noqa: DTZ001 -- naive by contract
intervals = st.sampled_from(Interval)
named = st.sampled_from([Interval.YEAR, Interval.QUARTER, Interval.MONTH, Interval.DAY, Interval.HOUR])
texts = st.lists(
    st.text(st.characters(exclude_categories=("Cs", "Cc"))).filter(str.strip), min_size=1, unique=True
)
TAKING = [one for one in StringOperator if "null" not in one.value and "empty" not in one.value][1:]
widgets = st.one_of(
    st.builds(StringWidget, st.sampled_from(TAKING), texts.map(tuple)).map(lambda w: (Grammar.STRING, w)),
    st.builds(
        NumberWidget,
        st.sampled_from([NumberOperator.IS, NumberOperator.IS_NOT]),
        st.lists(numbers, min_size=1, unique=True).map(tuple),
    ).map(lambda w: (Grammar.NUMBER, w)),
    st.builds(
        lambda pair, kind, ends: NumberWidget(
            kind, low=min(pair), high=max(pair), low_included=ends[0], high_included=ends[1]
        ),
        st.tuples(numbers, numbers),
        st.sampled_from([NumberOperator.BETWEEN, NumberOperator.NOT_BETWEEN]),
        st.tuples(st.booleans(), st.booleans()),
    ).map(lambda w: (Grammar.NUMBER, w)),
    st.builds(DateWidget, st.just(DateKind.IN_THE_LAST), st.integers(0, 999), intervals, st.booleans()).map(
        lambda w: (Grammar.DATE, w)
    ),
    st.builds(
        DateWidget,
        st.sampled_from([DateKind.IN_THE_NEXT, DateKind.AFTER_FROM_NOW]),
        st.integers(1, 999),
        intervals,
    ).map(lambda w: (Grammar.DATE, w)),
    st.builds(DateWidget, st.sampled_from([DateKind.LAST, DateKind.THIS, DateKind.NEXT]), unit=intervals).map(
        lambda w: (Grammar.DATE, w)
    ),
    st.tuples(moments, named).map(
        lambda p: (Grammar.DATE, DateWidget(DateKind.IN, unit=p[1], start=beginning(*p)))
    ),
    st.tuples(moments, moments).map(
        lambda p: (Grammar.DATE, DateWidget(DateKind.BETWEEN, start=min(p), end=max(p)))
    ),
    st.builds(TierWidget, texts.map(tuple), st.booleans()).map(lambda w: (Grammar.TIER, w)),
)


@given(widgets)
def test_a_control_survives_its_form_and_its_address(
    made: tuple[Grammar, StringWidget | NumberWidget | DateWidget | TierWidget],
) -> None:
    grammar, widget = made
    subject, expression = Subject("a.b", "B", grammar), widget.to_expression()
    rows = rows_of(subject, expression)
    assert rows is not None
    _, drafts = taken(kept_pairs("a.b", rows))
    assert expression_of_rows(subject, drafts["a.b"].rows) == expression
    untouched = Draft(was=expression, rows=drafts["a.b"].rows)
    assert settled(subject, expression, untouched).expression == expression
    assert settled(subject, "x y z", Draft(was="x y z", rows=drafts["a.b"].rows)).expression == expression
