"""The page of an explore, as a browser without a script meets it."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any

import pytest

from mainstem.web.auth import Role

if TYPE_CHECKING:
    from starlette.testclient import TestClient

PATH = "/explore/company/visits"
ASKED = f"{PATH}?fields=visits.source"


def test_a_new_explore_offers_its_fields_and_asks_nothing(analyst: TestClient) -> None:
    page = analyst.get(PATH).text
    assert 'value="field:visits.source"' in page
    assert "Pick fields to ask" in page
    assert "data-answer" not in page


def test_the_page_comes_without_its_answer_and_says_where_that_is(analyst: TestClient) -> None:
    page = analyst.get(ASKED).text
    found = re.search(r'hx-get="([^"]+/answer[^"]*)"', page)
    assert found is not None
    answer = analyst.get(html.unescape(found[1]))
    assert answer.status_code == 200
    assert "google" in answer.text
    assert "3 rows" in answer.text


def test_pressing_a_button_leads_to_the_address_of_another_question(analyst: TestClient) -> None:
    answer = analyst.get(f"{ASKED}&do=sort:visits.source", follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"{ASKED}&sorts=visits.source%20desc"


def test_the_form_holds_the_whole_question(analyst: TestClient) -> None:
    page = analyst.get(
        f"{ASKED}&f[visits.source]=goo%25&sorts=visits.source&total=on&vis=%7B%22type%22:%22table%22%7D"
    ).text
    for name, value in {
        "fields": "visits.source",
        "sorts": "visits.source",
        "vis": '{"type":"table"}',
        "f[visits.source]": "goo%",
    }.items():
        assert f'name="{name}"' in page
        assert f'value="{value}"' in html.unescape(page)
    assert re.search(r'name="total" value="on" checked', page)


def test_a_filter_is_read_to_people_beneath_its_expression(analyst: TestClient) -> None:
    page = analyst.get(f"{ASKED}&f[visits.source]=-google").text
    assert "Source is not 'google'" in html.unescape(page)


def test_a_filter_that_cannot_be_read_says_why(analyst: TestClient) -> None:
    page = analyst.get(f"{PATH}?fields=visits.source&f[visits.day_date]=sometimes").text
    assert "Not understood" in page


def test_a_calculation_is_added_to_the_address(analyst: TestClient) -> None:
    made = analyst.get(
        f"{ASKED}&edit=calculation&edit_label=Twice&edit_expression=1%2B1&do=save:", follow_redirects=False
    )
    assert "dynamic_fields" in made.headers["location"]
    assert "Twice" in made.headers["location"]


def test_what_is_typed_of_a_field_is_lost_by_no_other_button(analyst: TestClient) -> None:
    moved = analyst.get(
        f"{ASKED}&edit=calculation&edit_label=Half&edit_expression=1%2F&do=sort:visits.source",
        follow_redirects=False,
    )
    page = analyst.get(moved.headers["location"]).text
    assert 'value="Half"' in page
    assert ">1/</textarea>" in page
    assert "sorts=visits.source" in html.unescape(page)


def test_a_part_of_a_link_that_is_not_understood_is_told_and_the_rest_shown(analyst: TestClient) -> None:
    page = analyst.get(f"{ASKED}&limit=many").text
    assert "limit=many" in page
    assert "data-answer" in page


@pytest.mark.parametrize("path", ["/explore/company/nothing", "/explore/nowhere/visits"])
def test_an_explore_that_is_not_there_is_not_found(analyst: TestClient, path: str) -> None:
    assert analyst.get(path).status_code == 404


def test_an_unknown_button_is_refused_with_the_valid_ones(analyst: TestClient) -> None:
    answer = analyst.get(f"{ASKED}&do=explode:it", follow_redirects=False)
    assert answer.status_code == 400
    assert "pivot" in answer.text


def test_who_only_sees_dashboards_asks_nothing(shop: Any) -> None:
    viewer = shop.logged_in("vic@example.org", Role.VIEWER)
    for path in (PATH, f"{PATH}/answer?fields=visits.source", f"{PATH}/values/visits.source"):
        assert viewer.get(path, follow_redirects=False).status_code == 403


def test_values_of_a_field_are_offered(analyst: TestClient) -> None:
    assert 'data-value="google"' in analyst.get(f"{PATH}/values/visits.source").text


def test_a_hidden_field_is_not_offered_and_a_parameter_only_to_filter_by(analyst: TestClient) -> None:
    page = analyst.get(PATH).text
    assert "visits.secret" not in page
    assert 'value="filter:visits.unit"' in page
    assert 'value="field:visits.unit"' not in page


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ("visits.pages", "answer-figure"),
        ("visits.day_date,visits.pages", "Line chart"),
        ("visits.source,visits.pages", "Bar chart"),
        ("visits.source,visits.day_month,visits.pages", "answer-table"),
    ],
)
def test_an_answer_is_drawn_as_suits_its_fields(analyst: TestClient, fields: str, kind: str) -> None:
    assert kind in analyst.get(f"{PATH}/answer?fields={fields}").text


def test_a_drawing_that_the_answer_does_not_suit_becomes_a_table_that_says_so(analyst: TestClient) -> None:
    vis = "&vis=%7B%22type%22:%22looker_line%22%7D"
    page = analyst.get(f"{PATH}/answer?fields=visits.source{vis}").text
    assert "Shown as a table" in page
    assert "google" in page


def test_a_calculation_over_the_answer_is_one_of_its_columns(analyst: TestClient) -> None:
    made = analyst.get(
        f"{PATH}?fields=visits.source,visits.pages&edit=calculation&edit_label=Twice&edit_expression=2*$%7Bvisits.pages%7D&do=save:"
    )
    found = re.search(r'hx-get="([^"]+/answer[^"]*)"', made.text)
    assert found is not None
    answer = analyst.get(html.unescape(found[1])).text
    assert "Twice" in answer
    assert ">10<" in answer


def test_subtotals_are_offered_where_there_can_be_some(analyst: TestClient) -> None:
    page = analyst.get(f"{PATH}/answer?fields=visits.day_month,visits.source,visits.pages").text
    assert 'value="subtotal:visits.day_month"' in page
    assert 'value="subtotal:visits.source"' not in page


def test_a_question_that_fails_says_what_and_offers_to_mend_it(analyst: TestClient) -> None:
    failed = analyst.get(f"{PATH}/answer?fields=visits.source,visits.gone&f[visits.lost]=1")
    assert failed.status_code == 400
    assert 'value="without:visits.gone,visits.lost"' in failed.text
    calculated = analyst.get(
        f"{PATH}?fields=visits.source,visits.pages&edit=calculation&edit_label=Half"
        "&edit_expression=%24%7Bvisits.pages%7D&do=save:"
    )
    found = re.search(r'hx-get="([^"]+/answer[^"]*)"', calculated.text)
    assert found is not None
    broken = html.unescape(found[1]).replace("visits.source,visits.pages", "visits.source")
    assert 'value="change:half"' in analyst.get(broken).text
