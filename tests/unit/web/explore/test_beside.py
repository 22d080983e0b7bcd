"""What stands beside the question: help while writing, favourites, earlier questions, filters to loosen."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

import pytest

from mainstem.errors import StoreUnavailable
from mainstem.query.request import Request, TableCalculation
from mainstem.web.auth import Role
from mainstem.web.explore import Question
from mainstem.web.explore.checking import check_draft
from mainstem.web.explore.custom import Draft
from mainstem.web.explore.words import title_of

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from mainstem.query.explorer import Explorer
    from mainstem.testing.memory_questions import MemoryQuestions

PATH = "/explore/company/visits"
ASKED = f"{PATH}?fields=visits.source,visits.pages"
QUESTION = Question(
    request=Request(
        model="company",
        explore="visits",
        fields=("visits.source", "visits.pages"),
        dynamic_fields=(TableCalculation(name="half", label="Half", expression="${visits.pages} / 2"),),
    )
)


@pytest.mark.parametrize(
    ("draft", "kind"),
    [
        (Draft(kind="calculation", expression="${visits.pages} * ${half}"), "number"),
        (Draft(kind="calculation", expression="upper(${visits.source})"), "string"),
        (Draft(kind="calculation", expression="list(1, 2)"), "list of numbers"),
        (Draft(kind="dimension", expression='${visits.source} = "x"'), "yesno"),
        (Draft(kind="group", field="visits.source", groups=(("Search", "google"),), other="Else"), "string"),
        (Draft(kind="measure", field="visits.source", type="count_distinct"), "number"),
        (Draft(kind="measure", field="visits.pages", filters=(("visits.source", "google"),)), "number"),
    ],
)
def test_a_draft_that_makes_sense_says_what_it_gives(explorer: Explorer, draft: Draft, kind: str) -> None:
    assert check_draft(explorer, QUESTION, draft).type == kind


@pytest.mark.parametrize(
    ("draft", "at", "why"),
    [
        (Draft(kind="calculation", expression="1 +\n  ${visits.pagse}"), 6, "no field of the query"),
        (Draft(kind="calculation", expression="sum(1"), 5, ""),
        (Draft(kind="dimension", expression="sum(${visits.source})"), 0, "table calculations only"),
        (Draft(kind="measure", field="visits.nothing", type="sum"), None, "visits.nothing"),
    ],
)
def test_a_draft_that_makes_none_says_where_and_why(
    explorer: Explorer, draft: Draft, at: int | None, why: str
) -> None:
    checked = check_draft(explorer, QUESTION, draft)
    assert checked.made is None
    assert why in checked.problem
    if draft.kind == "calculation":
        assert checked.at == at


def test_the_check_while_typing_shows_the_place_under_the_line(analyst: TestClient) -> None:
    said = analyst.get(
        f"{PATH}/check?fields=visits.pages&edit=calculation&edit_expression=1%2B%24%7Bvisits.pagse%7D"
    ).text
    assert 'data-at="2"' in said
    assert "1+${visits.pagse}\n  ^" in said
    assert "Did you mean visits.pages?" in html.unescape(said)


def test_a_field_that_cannot_be_saved_stays_in_its_form_with_the_reason(analyst: TestClient) -> None:
    page = analyst.get(f"{ASKED}&edit=calculation&edit_label=Bad&edit_expression=1%2B&do=save:").text
    assert 'id="editor"' in page
    assert 'value="Bad"' in page
    assert "editor-wrong" in page


@pytest.mark.parametrize("kind", ["calculation", "measure", "dimension", "group", "bin"])
def test_every_kind_of_field_has_a_form(analyst: TestClient, kind: str) -> None:
    page = analyst.get(f"{ASKED}&do=new:{kind}").text
    assert f'name="edit" value="{kind}"' in page


def test_groups_and_measures_of_a_form_are_answered(analyst: TestClient) -> None:
    grouped = (
        f"{PATH}?fields=visits.pages&edit=group&edit_label=Kind&edit_field=visits.source"
        "&edit_group_label_0=Search&edit_group_filter_0=google&edit_other=Other&do=save:"
    )
    address = analyst.get(grouped, follow_redirects=False).headers["location"]
    answer = analyst.get(address.replace(PATH, f"{PATH}/answer")).text
    assert "Search" in answer
    assert "Other" in answer
    measured = (
        f"{PATH}?fields=visits.source&edit=measure&edit_label=Searches&edit_field=visits.pages"
        "&edit_filter_field_0=visits.source&edit_filter_0=google&do=save:"
    )
    address = analyst.get(measured, follow_redirects=False).headers["location"]
    assert "Searches" in analyst.get(address.replace(PATH, f"{PATH}/answer")).text


@pytest.mark.parametrize(
    "kind", ["percent_of_total", "percent_of_column", "running_total", "rank", "change", "percent_change"]
)
def test_a_quick_calculation_is_a_column_of_the_answer(analyst: TestClient, kind: str) -> None:
    pressed = analyst.get(f"{ASKED}&do=quick:{kind}:visits.pages", follow_redirects=False)
    answer = analyst.get(pressed.headers["location"].replace(PATH, f"{PATH}/answer"))
    assert answer.status_code == 200, answer.text
    assert "Pages, " in answer.text


def test_what_a_field_is_says_where_it_is_written_and_leads_to_the_dictionary(analyst: TestClient) -> None:
    said = analyst.get(f"{PATH}/about/visits.source").text
    assert "company.model.lkml:" in said
    assert "Where they came from" in said
    assert 'href="/explores/company/visits/fields/visits.source"' in said
    assert analyst.get(f"{PATH}/about/visits.nothing").status_code == 404


def test_the_filter_that_leaves_nothing_is_named(analyst: TestClient) -> None:
    query = "fields=visits.source&f[visits.source]=nobody&f[visits.day_date]=2026-03-01"
    page = analyst.get(f"{PATH}/answer?{query}").text
    assert "/empty?" in page
    said = html.unescape(analyst.get(f"{PATH}/empty?{query}").text)
    assert "This filter leaves nothing" in said
    assert "nobody" in said
    assert "2026-03-01 " not in said.replace("f[visits.day_date]=2026-03-01", "")


def test_a_reached_limit_offers_more_rows(analyst: TestClient) -> None:
    page = analyst.get(f"{PATH}/answer?fields=visits.source&limit=1").text
    assert 'value="limit:5000"' in page


def star(client: TestClient, field: str) -> Any:
    page = client.get(PATH).text
    token = (
        page.split("X-CSRF-Token&#34;: &#34;")[-1]
        if "X-CSRF-Token&#34;" in page
        else page.split('"X-CSRF-Token": "')[1]
    )
    return client.post(
        f"{PATH}/favourites",
        data={"field": field},
        headers={"x-csrf-token": token[:64]},
        follow_redirects=False,
    )


def test_a_favourite_is_kept_for_who_marked_it_alone(analyst: TestClient, shop: Any) -> None:
    assert 'id="star-visits.source"' in star(analyst, "visits.source").text
    assert 'id="star-visits.source"' in analyst.get(PATH).text
    other = shop.logged_in("bob@example.org", Role.EXPLORER)
    assert 'id="star-visits.source"' not in other.get(PATH).text
    assert 'id="star-visits.source"' not in star(analyst, "visits.source").text


def test_a_favourite_explore_stands_first_in_the_list(analyst: TestClient) -> None:
    assert star(analyst, "").status_code == 303
    assert "Favourite</span>" in analyst.get(PATH).text
    assert "Your favourites" in analyst.get("/explores").text


def test_only_what_the_explore_offers_can_be_a_favourite(analyst: TestClient) -> None:
    for name in ("visits.nothing", "visits.secret"):
        assert star(analyst, name).status_code == 400


def test_what_was_asked_can_be_gone_back_to_and_forgotten(analyst: TestClient, shop: Any) -> None:
    for _ in range(2):
        analyst.get(ASKED.replace(PATH, f"{PATH}/answer"))
    page = analyst.get("/questions").text
    assert "Pages by Source" in page
    assert html.escape(ASKED) in page
    assert "Pages by Source" in analyst.get(PATH).text
    assert "Pages by Source" not in shop.logged_in("bob@example.org", Role.EXPLORER).get("/questions").text
    token = page.split('name="csrf_token" value="')[1][:64]
    assert "You asked nothing yet" in analyst.post("/questions/forget", data={"csrf_token": token}).text


def test_a_page_and_its_answer_come_though_nothing_can_be_kept(
    analyst: TestClient, questions: MemoryQuestions
) -> None:
    questions.problem = StoreUnavailable("the database is away")
    assert analyst.get(PATH).status_code == 200
    assert "google" in analyst.get(ASKED.replace(PATH, f"{PATH}/answer")).text


def test_a_new_explore_says_where_to_begin(analyst: TestClient) -> None:
    page = analyst.get(PATH).text
    assert "Pages by Day Month" in page
    assert "Pages by Source" in page
    assert "Everything by source" in page  # a query of its model


def test_a_question_reads_as_a_line(explorer: Explorer) -> None:
    fields = explorer.fields("company", "visits")
    asked = QUESTION.with_request(filters={"visits.source": "google", "visits.day_date": ""})
    assert title_of(asked, fields) == "Pages, Half by Source, where Source: google"
    pivoted = QUESTION.with_request(pivots=("visits.source",), dynamic_fields=())
    assert title_of(pivoted, fields) == "Pages across Source"


def test_who_only_sees_dashboards_is_told_nothing(shop: Any) -> None:
    viewer = shop.logged_in("vic@example.org", Role.VIEWER)
    for path in ("check?edit=calculation", "about/visits.source", "empty", "lookml"):
        assert viewer.get(f"{PATH}/{path}", follow_redirects=False).status_code == 403
    assert viewer.get("/questions", follow_redirects=False).status_code == 403
