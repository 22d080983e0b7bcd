"""A question as text for the project's files: read back, it is the same question."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mainstem.query.request import CustomDimension, CustomMeasure, Request, TableCalculation
from mainstem.semantics import read_project
from mainstem.web.explore import Question, question_of
from mainstem.web.explore.as_lookml import as_lookml
from mainstem.web.explore.grouping import Bins, Groups
from mainstem.web.explore.starts import ready_made

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.query.explorer import Explorer

ASKED = Request(
    model="company",
    explore="visits",
    fields=("visits.source", "visits.day_month", "visits.pages"),
    filters={"visits.source": 'a "b", c', "visits.day_date": "7 days"},
    pivots=("visits.day_month",),
    sorts=("visits.pages desc", "visits.source"),
    limit=20,
    timezone="Europe/Oslo",
)
OWN = (
    TableCalculation(name="half", label="Half", expression="${visits.pages} / 2", value_format_name="usd"),
    CustomMeasure(name="most", label="Most", based_on="visits.pages", filters={"visits.source": "x"}),
    CustomMeasure(name="kinds", label="Kinds", based_on="visits.source", type="count_distinct"),
    CustomDimension(
        name="kind",
        label="Kind",
        expression=Groups(
            "visits.source", (("Search", "google,bing"), ("It's", "it's")), "Else"
        ).expression(),
    ),
    CustomDimension(name="size", label="Size", expression=Bins("visits.size", breaks="1, 5").expression()),
    CustomDimension(name="step", label="Step", expression=Bins("visits.size", size="5").expression()),
    CustomDimension(name="loud", label="Loud", expression="upper(${visits.source})", description="Shouted"),
)
QUESTION = Question(
    request=ASKED,
    visualization="looker_line",
    vis={
        "stacking": "normal",
        "show_null_points": False,
        "conditional_formatting": [{"type": "null", "bold": True}],
    },
)


def test_an_element_pasted_into_a_dashboard_asks_and_draws_the_same(
    tmp_path: Path, explorer: Explorer
) -> None:
    whole = QUESTION.with_request(dynamic_fields=OWN[:3], fields=(*ASKED.fields, "most", "kinds"))
    text = as_lookml(whole, "Pages", "table", explorer.fields("company", "visits")).element
    (tmp_path / "d.dashboard.lookml").write_text(f"- dashboard: d\n  elements:\n{text}\n")
    (element,) = read_project(tmp_path).project.dashboards["d"].elements
    found = question_of(
        element,
        Request(
            model=element.model,
            explore=element.explore,
            fields=element.fields,
            filters=element.filters,
            pivots=element.pivots,
            sorts=element.sorts,
            limit=element.limit,
            dynamic_fields=element.dynamic_fields,
            timezone=element.timezone,
        ),
    )
    assert found == whole


def test_a_ready_made_question_pasted_into_the_explore_asks_the_same(
    tmp_path: Path, explorer: Explorer
) -> None:
    text = as_lookml(QUESTION, "Pages by source", "table", explorer.fields("company", "visits")).query
    (tmp_path / "m.model.lkml").write_text(
        f'connection: "w"\nview: visits {{ dimension: source {{}} measure: pages {{ type: sum }} '
        "dimension_group: day { type: time timeframes: [date, month] } }\n"
        f"explore: visits {{\n{text}\n}}\n"
    )
    explore = read_project(tmp_path).project.models["m"].explores["visits"]
    (start,) = ready_made("company", explore)
    (query,) = explore.queries.values()
    assert start.title == "Pages by source"
    assert {*query.dimensions, *query.measures} == set(ASKED.fields)
    assert {one.field: one.expression for one in query.filters} == ASKED.filters
    assert (query.pivots, query.sorts, query.limit, query.timezone) == (
        ASKED.pivots,
        ASKED.sorts,
        ASKED.limit,
        ASKED.timezone,
    )


def test_custom_fields_pasted_into_a_view_are_fields_of_it(tmp_path: Path, explorer: Explorer) -> None:
    whole = QUESTION.with_request(dynamic_fields=OWN)
    written = as_lookml(whole, "Pages", "table", explorer.fields("company", "visits"))
    assert written.query == ""  # it cannot hold custom fields
    (tmp_path / "m.model.lkml").write_text(
        f'connection: "w"\nview: visits {{ dimension: source {{}} dimension: size {{ type: number }}\n'
        f"{written.fields.replace('dimension: size {', 'dimension: size_tier {')}\n}}\nexplore: visits {{}}\n"
    )
    view = read_project(tmp_path).project.models["m"].views["visits"]
    assert view.measures["most"].filters[0].expression == "x"
    assert view.measures["kinds"].type == "count_distinct"
    assert view.dimensions["size_tier"].tiers
    assert "'it''s'" in written.fields
    assert "upper(${visits.source})" in written.fields
    assert {"kind", "step", "loud"} <= view.dimensions.keys()


@pytest.mark.parametrize("title", ["", "% of total", "12 months", "Ünï"])
def test_every_title_gives_a_name(title: str, explorer: Explorer) -> None:
    text = as_lookml(QUESTION, title, "table", explorer.fields("company", "visits")).query
    name = text.split()[1]
    assert name.isidentifier()
