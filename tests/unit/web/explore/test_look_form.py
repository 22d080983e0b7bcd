"""Settings of a drawing: which there are, and what the form makes of them."""

from __future__ import annotations

import html
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstem.query.request import Request
from mainstem.semantics.dashboard import ElementType
from mainstem.web.explore import Question
from mainstem.web.explore.look_form import Control, control, step, with_form
from mainstem.web.explore.look_settings import settings_of, settled
from mainstem.web.explore.rules import read_rules, with_formats, written_rules

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from mainstem.query.explorer import Explorer
    from mainstem.query.result import QueryResult

PATH = "/explore/company/visits"


def sent(*controls: Control) -> list[tuple[str, str]]:
    """What a browser sends of them."""
    pairs = [("v", one.shown) for one in controls]
    for one in controls:
        if one.kind != "flag":
            pairs.append((one.name, str(one.value)))
        elif one.value:
            pairs.append((one.name, "yes"))
    return pairs


def every(kind: ElementType, result: QueryResult, vis: dict[str, Any]) -> list[Control]:
    sections = settings_of(kind, result, vis)
    return [one for section in sections for _, controls in section.rows for one in controls]


@pytest.fixture
def result(explorer: Explorer) -> QueryResult:
    fields = ("visits.day_month", "visits.source", "visits.pages", "visits.count")
    return explorer.run(Request(model="company", explore="visits", fields=fields, pivots=("visits.source",)))


RULES = [
    {"type": "greater than", "value": 3.0, "background_color": "#ff0000"},
    {"type": "between", "value": [1.0, 2.0], "fields": ["visits.pages"], "bold": True},
    {"type": "low to high"},
]
LOOKS: list[dict[str, Any]] = [
    {},
    {"stacking": "normal", "show_value_labels": True, "show_null_points": False},
    {"series_labels": {"google - visits.pages": "Search"}, "series_colors": {"visits.pages": "#123456"}},
    {"reference_lines": [{"reference_type": "line", "line_value": "mean", "label": "Mean"}]},
    {"limit_displayed_rows": True, "limit_displayed_rows_values": {"num_rows": 2, "first_last": "last"}},
    {"conditional_formatting": RULES},
    {"series_value_format": {"visits.pages": {"name": "percent_1"}}},
    {"what_nobody_knows": {"a": [1, {"b": 2}]}, "y_axes": [{"label": "Pages", "minValue": 2}]},
    {"hidden_series": ["google - visits.pages"]},
    {
        "y_axes": [
            {"orientation": "left", "label": "Left"},
            {"orientation": "right", "series": [{"id": "google - visits.pages"}]},
        ]
    },
]


@pytest.mark.parametrize("vis", LOOKS, ids=lambda vis: next(iter(vis), "none"))
@pytest.mark.parametrize("kind", [ElementType.LINE, ElementType.BAR, ElementType.TABLE, ElementType.PIE])
def test_a_form_sent_as_it_stands_changes_nothing(
    result: QueryResult, kind: ElementType, vis: dict[str, Any]
) -> None:
    made = settled(vis, sent(*every(kind, result, vis)))
    if kind is ElementType.BAR:  # lying bars have no choice of type, and keep what others have
        assert made.keys() <= vis.keys()
    assert json.loads(json.dumps(made)) == json.loads(json.dumps(vis))


def test_only_what_the_drawing_reads_can_be_set(result: QueryResult) -> None:
    lines = {one.path.split("/")[0] for one in every(ElementType.LINE, result, {})}
    assert {"interpolation", "stacking", "y_axes", "reference_lines", "series_colors"} <= lines
    table = {one.path.split("/")[0] for one in every(ElementType.TABLE, result, {})}
    assert table == {"series_value_format", "conditional_formatting"}
    funnel = {one.path.split("/")[0] for one in every(ElementType.FUNNEL, result, {})}
    assert "percentType" in funnel
    assert "stacking" not in funnel


def test_a_series_goes_to_the_right_axis_and_back(result: QueryResult) -> None:
    key = next(
        one.path for one in every(ElementType.LINE, result, {}) if one.path.startswith("series_sides/google")
    )
    right = settled({}, [("v", f"choice:{key}"), (f"v:{key}", "right")])
    assert right["y_axes"][1]["orientation"] == "right"
    assert right["y_axes"][1]["series"] == [{"id": key.removeprefix("series_sides/")}]
    assert settled(right, [("v", f"choice:{key}"), (f"v:{key}", "")]) == {}


def test_a_series_that_is_hidden_can_be_shown_again() -> None:
    hidden = settled({}, [("v", "flag:series_hidden/a.b"), ("v:series_hidden/a.b", "yes")])
    assert hidden == {"hidden_series": ["a.b"]}
    assert settled({"hidden_series": ["a.b", "a.c"]}, [("v", "flag:series_hidden/a.b")]) == {
        "hidden_series": ["a.c"]
    }


def test_a_flag_that_says_what_is_so_anyway_is_not_kept() -> None:
    on = control({}, "show_null_points", "Broken", "flag", on=True)
    assert with_form({}, sent(on)) == {}
    assert with_form({}, [("v", on.shown)]) == {"show_null_points": False}


def test_an_entry_without_its_type_is_gone() -> None:
    vis = {"reference_lines": [{"reference_type": "line", "line_value": "1"}, {"reference_type": "range"}]}
    path = "reference_lines/0/reference_type"
    assert with_form(vis, [("v", f"choice:{path}"), (f"v:{path}", "")]) == {
        "reference_lines": [{"reference_type": "range"}]
    }


TEXT = st.text(st.characters(codec="utf-8"), max_size=15)


@given(TEXT, TEXT)
def test_whatever_a_series_is_called_its_setting_is_found_again(key: str, value: str) -> None:
    path = f"series_labels/{step(key)}"
    made = with_form({}, [("v", f"text:{path}"), (f"v:{path}", value)])
    assert control(made, path, "Name").value == value.strip()


@given(
    st.dictionaries(
        TEXT,
        st.recursive(
            st.none() | st.booleans() | st.integers() | TEXT,
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
            max_leaves=8,
        ),
        max_size=4,
    ),
    st.lists(
        st.tuples(
            st.sampled_from(
                ["v", "v:stacking", "v:y_axes/0/label", "v:y_axes/x", "v:conditional_formatting/1/type"]
            ),
            TEXT,
        ),
        max_size=5,
    ),
)
def test_nothing_an_address_can_hold_breaks_the_form(
    vis: dict[str, Any], pairs: list[tuple[str, str]]
) -> None:
    read_rules(settled(vis, pairs))
    read_rules(settled({"conditional_formatting": vis, "y_axes": [vis]}, pairs))


def test_rules_are_read_as_they_are_written() -> None:
    rules = read_rules(
        {"conditional_formatting": [*RULES, {"type": "sometimes"}, {"type": "between", "value": 1}, 7]}
    )
    assert [rule.type for rule in rules] == ["greater than", "between", "low to high"]
    assert read_rules({"conditional_formatting": written_rules(rules)}) == rules
    asked = Question(
        request=Request(model="m", explore="e", fields=()), vis={"conditional_formatting": RULES}
    )
    assert asked.element(ElementType.TABLE, "T").conditional_formatting == rules


def test_a_chosen_format_takes_the_place_of_the_models(result: QueryResult) -> None:
    chosen = {"visits.pages": {"name": "percent_1"}, "visits.count": {"format_string": "0.0"}, "x": 3}
    formats = {
        column.name: (column.value_format_name, column.value_format)
        for column in with_formats(result, {"series_value_format": chosen}).columns
    }
    assert formats["visits.pages"] == ("percent_1", None)
    assert formats["visits.count"] == (None, "0.0")


def test_a_setting_sent_from_the_page_is_in_the_address_and_in_the_answer(analyst: TestClient) -> None:
    asked = f"{PATH}?fields=visits.source,visits.pages&vis={quote(json.dumps({'type': 'looker_column'}))}"
    answer = html.unescape(analyst.get(asked.replace(PATH, f"{PATH}/answer")).text)
    assert 'value="choice:series_value_format/visits.pages/name"' in answer
    form = urlencode(
        [
            ("v", "text:y_axes/0/label"),
            ("v:y_axes/0/label", "Pages read"),
            ("v", "flag:show_value_labels"),
            ("v:show_value_labels", "yes"),
            ("do", "look:"),
        ]
    )
    moved = analyst.get(f"{asked}&{form}", follow_redirects=False).headers["location"]
    assert json.loads(dict(parse_qsl(urlsplit(moved).query))["vis"]) == {
        "type": "looker_column",
        "y_axes": [{"label": "Pages read"}],
        "show_value_labels": True,
    }
    assert "Pages read" in analyst.get(moved.replace(PATH, f"{PATH}/answer")).text


def test_a_rule_paints_the_table(analyst: TestClient) -> None:
    vis = quote(json.dumps({"type": "table", "conditional_formatting": RULES[:1]}))
    page = analyst.get(f"{PATH}/answer?fields=visits.source,visits.pages&vis={vis}").text
    assert 'data-background="#ff0000"' in page
