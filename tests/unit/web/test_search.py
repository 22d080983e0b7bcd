from __future__ import annotations

from typing import Any

import pytest

from mainstem.semantics.model import (
    Dimension,
    DimensionType,
    Explore,
    Measure,
    MeasureType,
    Model,
    Origin,
    View,
)
from mainstem.semantics.project import Project
from mainstem.testing.explorer import CannedExplorer
from mainstem.testing.memory_accounts import MemoryAccounts
from mainstem.web import Services
from mainstem.web.auth import ANONYMOUS, Role, Viewer
from mainstem.web.search import Group, search

HERE = Origin("visits.view.lkml", 3)


def dimension(name: str, label: str, *, hidden: bool = False) -> Dimension:
    return Dimension(
        name=name, type=DimensionType.STRING, sql="${TABLE}.x", label=label, origin=HERE, hidden=hidden
    )


VISITS = View(
    name="visits",
    label="Visits",
    origin=HERE,
    sql_table_name="visits",
    dimensions={
        "source": dimension("source", "Traffic source"),
        "secret": dimension("secret", "Traffic secret", hidden=True),
        "resource": dimension("resource", "Resource"),
    },
    measures={
        "visitors": Measure(
            name="visitors",
            type=MeasureType.COUNT,
            label="Site <visitors>",
            description="Everybody with a cookie.",
            origin=HERE,
        )
    },
)


def explore(name: str, label: str, *, hidden: bool = False) -> Explore:
    return Explore(name=name, label=label, alias="visits", view="visits", origin=HERE, hidden=hidden)


MODEL = Model(
    name="company",
    label="Company",
    connection=None,
    origin=HERE,
    views={"visits": VISITS},
    explores={"visits": explore("visits", "Visits"), "raw": explore("raw", "Raw visits", hidden=True)},
)


@pytest.fixture
def with_model(company: Any) -> Any:
    """The company's dashboards over a model with an explore."""
    dashboards = company.dashboards
    company.explorer = lambda: CannedExplorer(
        Project(dashboards=dashboards, models={"company": MODEL}), company.answer
    )
    return company


@pytest.fixture
def services(with_model: Any) -> Services:
    return Services(with_model.explorer(), "1", accounts=MemoryAccounts().accounts)


ADMIN = Viewer(role=Role.ADMIN)


def labels(groups: tuple[Group, ...]) -> dict[str, list[str]]:
    return {group.kind: [thing.label for thing in group.found] for group in groups}


def test_every_kind_of_thing_is_found_by_its_label(services: Services) -> None:
    assert labels(search(services, ADMIN, "health", 9)) == {"Dashboards": ["Health <of> it all"]}
    assert labels(search(services, ADMIN, "TRAFFIC", 9)) == {"Fields": ["Traffic source"]}
    assert labels(search(services, ADMIN, "visits", 9))["Explores"] == ["Visits"]


def test_every_word_must_be_in_label_or_detail(services: Services) -> None:
    assert labels(search(services, ADMIN, "source traffic", 9)) == {"Fields": ["Traffic source"]}
    assert labels(search(services, ADMIN, "visits.source", 9)) == {"Fields": ["Traffic source"]}
    assert search(services, ADMIN, "traffic mail", 9) == ()


def test_a_question_as_people_ask_it_finds_what_it_is_about(services: Services) -> None:
    found = search(services, ADMIN, "How many site visitor do we get?", 9)
    assert labels(found)["Fields"] == ["Site <visitors>"]
    assert labels(search(services, ADMIN, "who has a cookie?", 9)) == {"Fields": ["Site <visitors>"]}
    assert search(services, ADMIN, "how many do we get", 9) == ()


def test_a_tile_is_found_by_its_title_and_leads_to_its_place(services: Services) -> None:
    (tiles,) = [g for g in search(services, ADMIN, "daily", 9) if g.kind == "Tiles"]
    assert [(one.label, one.within) for one in tiles.found] == [("Daily", "in Health <of> it all")]
    assert tiles.found[0].href.startswith("/dashboards/health#tile-")


def test_a_label_that_begins_with_what_was_typed_comes_first(services: Services) -> None:
    assert labels(search(services, ADMIN, "source", 9))["Fields"] == ["Traffic source", "Resource"]
    assert labels(search(services, ADMIN, "re", 9))["Fields"][0] == "Resource"


def test_what_is_hidden_is_not_found(services: Services) -> None:
    assert search(services, ADMIN, "secret", 9) == ()
    assert search(services, ADMIN, "raw", 9) == ()


def test_a_viewer_finds_dashboards_and_tiles_alone(services: Services) -> None:
    assert labels(search(services, Viewer(role=Role.VIEWER), "visit", 9)).keys() == {"Dashboards", "Tiles"}
    assert search(services, ANONYMOUS, "health", 9) == ()


def test_blank_text_finds_nothing(services: Services) -> None:
    assert search(services, ADMIN, "  ", 9) == ()


def test_more_than_is_shown_is_counted(services: Services) -> None:
    (fields,) = [g for g in search(services, ADMIN, "visits.", 2) if g.kind == "Fields"]
    assert (len(fields.found), fields.total) == (2, 3)


def test_htmx_gets_options_and_everybody_else_a_page(with_model: Any, make_web: Any) -> None:
    client = make_web(with_model).client
    beneath = client.get("/search?q=traffic", headers={"hx-request": "true"}).text
    assert 'role="option" aria-selected="false"' in beneath
    assert "<html" not in beneath
    page = client.get("/search?q=traffic").text
    assert "<h1>Found for “traffic”</h1>" in page
    assert 'href="/explore/company/visits?fields=visits.source"' in page


def test_what_is_found_is_escaped_and_so_is_the_question(with_model: Any, make_web: Any) -> None:
    client = make_web(with_model).client
    assert "Site &lt;visitors&gt;" in client.get("/search?q=site").text
    nothing = client.get("/search?q=<b>", headers={"hx-request": "true"}).text
    assert "Nothing found for “&lt;b&gt;”" in nothing


def test_an_empty_box_is_answered_with_nothing(with_model: Any, make_web: Any) -> None:
    answer = make_web(with_model).client.get("/search?q=+", headers={"hx-request": "true"})
    assert answer.text.strip() == ""


def test_explores_are_listed_with_what_can_be_asked(with_model: Any, make_web: Any) -> None:
    page = make_web(with_model).client.get("/explores").text
    assert 'href="/explore/company/visits"' in page
    assert "/raw" not in page
    assert '<td class="number  ">3</td>' in page


def test_explores_stand_under_their_model_and_are_found_by_words(with_model: Any, make_web: Any) -> None:
    client = make_web(with_model).client
    page = client.get("/explores").text
    assert f'<h2 class="section-head">{MODEL.label}</h2>' in page
    assert 'href="/explore/company/visits"' in client.get("/explores?q=VISIT").text
    nothing = client.get("/explores?q=zebra").text
    assert 'href="/explore/company/visits"' not in nothing
    assert "No explore says “zebra”" in nothing


def test_an_explore_tells_its_fields_and_where_they_are_written(with_model: Any, make_web: Any) -> None:
    client = make_web(with_model).client
    page = client.get("/explores/company/visits").text
    assert 'id="field-visits.visitors"' in page
    assert "visits.view.lkml:3" in page
    assert "Traffic secret" not in page
    assert '<span class="tag">hidden</span>' in client.get("/explores/company/raw").text
    assert client.get("/explores/other/visits").status_code == 404


def test_a_field_is_found_under_the_name_its_explore_gives_the_view(with_model: Any, make_web: Any) -> None:
    renamed = Explore(
        name="visits", label="Visits", alias="v", view="visits", origin=HERE, view_label="Coming and going"
    )
    model = Model(
        name="company",
        label="Company",
        connection=None,
        origin=HERE,
        views={"visits": VISITS},
        explores={"visits": renamed},
    )
    with_model.explorer = lambda: CannedExplorer(Project(models={"company": model}), with_model.answer)
    page = make_web(with_model).client.get("/explores/company/visits").text
    assert 'id="field-v.source"' in page
    assert "Coming and going" in page
