from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest

from mainstem.cohorts import Condition, Funnel, Method, Mode, Paths, Retention, Source, Span
from mainstem.errors import QueryError
from mainstem.web.cohorts.address import draft_of, read_draft, seconds_of, window_text

EVENTS = Source(
    "shop", "events", "Events", "", {"person": "e.person"}, "e.at_raw", "e.at_date", "e.id", "e.event"
)
VISIT = Condition("events", {"e.event": "visit", "e.page": "/docs%"})
BUY = Condition("events", {"e.event": "buy"})
DEFINITIONS = [
    Funnel(
        model="shop", unit="person", steps=(VISIT, BUY, VISIT), mode=Mode.STRICT, window=3600,
        excluded=(BUY,), within="90 days", breakdown="e.page",
    ),
    Retention(
        model="shop", unit="person", start=VISIT, back=BUY, span=Span.DAY, method=Method.BRACKET,
        brackets=((1, 7), (8, 30)), timezone="Asia/Tokyo",
    ),
    Paths(
        model="shop", unit="person", anchor=BUY, read=(VISIT,), backwards=True, steps=3, collapse=False,
        window=86_400, names=5,
    ),
]  # fmt: skip


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda one: type(one).__name__)
def test_a_definition_is_its_address_and_back(definition: Funnel | Retention | Paths) -> None:
    address = draft_of(definition, [EVENTS]).address
    pairs = parse_qsl(urlsplit(address).query, keep_blank_values=True)
    assert read_draft(pairs).definition([EVENTS]) == definition
    assert read_draft(pairs).address == address


def test_blank_controls_of_a_form_leave_nothing_in_the_address() -> None:
    pairs = [("kind", "funnel"), ("within", ""), ("s1", "events"), ("s1e", " visit "), ("s1p", ""),
             ("s1v", "x"),
             ("s2", "events"), ("s2e", ""), ("other", "1")]  # fmt: skip
    assert read_draft(pairs).address == "/cohorts/new?kind=funnel&s1=events&s1e=visit&s2=events"


@pytest.mark.parametrize(
    ("pairs", "said"),
    [
        ([("window", "soon")], "say a number and a unit"),
        ([("mode", "mixed")], "valid are ordered, strict, any"),
        ([("kind", "retention"), ("s1", "events")], "what counts as coming back"),
        ([("kind", "retention"), ("s1", "events"), ("s2", "events"), ("periods", "-1")], "no whole number"),
        ([("kind", "paths")], "lead from, or to"),
        ([("model", "shop"), ("s1", "nowhere"), ("s1e", "visit")], "does not say what its rows are called"),
    ],
)
def test_what_is_missing_or_wrong_is_said(pairs: list[tuple[str, str]], said: str) -> None:
    with pytest.raises(QueryError, match=said):
        read_draft(pairs).definition([EVENTS])


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(1, "1 second"), (5400, "90 minutes"), (14 * 86_400, "14 days"), (28 * 86_400, "4 weeks")],
)
def test_windows_are_said_in_their_largest_unit(seconds: int, text: str) -> None:
    assert window_text(seconds) == text
    assert seconds_of(text) == seconds
