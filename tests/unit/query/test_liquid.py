"""Liquid in a model, as one request fills it in: parameters, conditions, members, attributes; and cells."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from mainstem.errors import QueryError
from mainstem.query import Compiled, OutputColumn, OutputType, Request, compile_request
from mainstem.query.context import Context
from mainstem.query.liquid import CellLink, Cells
from mainstem.query.result import ColumnKind
from mainstem.semantics import read_project
from mainstem.semantics.liquid import LiquidProblem
from mainstem.semantics.model import Link

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mainstem.semantics import Project

NOW = datetime(2024, 5, 17, 12)  # noqa: DTZ001 -- naive UTC by contract
MODEL = """
view: a {
  sql_table_name: {% if a.big._parameter_value == "'yes'" %} big_a {% else %} small_a {% endif %} ;;
  parameter: col {
    type: unquoted
    allowed_value: { label: "Ex" value: "x" }
    allowed_value: { label: "Why" value: "y" }
  }
  parameter: big { type: string default_value: "no" }
  parameter: least { type: number }
  filter: channel { type: string sql: {% condition %} ${TABLE}.channel {% endcondition %} ;; }
  filter: window { type: date }
  dimension: id { primary_key: yes }
  dimension: chosen { sql: ${TABLE}.{% parameter col %} ;; label_from_parameter: col }
  dimension: called { label: "{% if col._parameter_value == 'y' %}Of y{% else %}Of x{% endif %}" }
  dimension: region {
    sql: {% if _user_attributes['r'] == 'eu' %} ${TABLE}.eu {% else %} ${TABLE}.us {% endif %} ;;
  }
  dimension_group: at { type: time timeframes: [raw, date] }
  dimension: within { type: yesno sql: {% condition window %} ${at_raw} {% endcondition %} ;; }
  dimension: enough { type: yesno sql: ${TABLE}.n >= {% parameter least %} ;; }
  measure: n { type: count }
  measure: recent { type: sum sql: CASE WHEN ${at_raw} >= {% date_start window %} THEN 1 END ;; }
}
view: seen {
  derived_table: { sql:
    SELECT {% if seen.x._in_query %} x {% else %} NULL AS x {% endif %} FROM t
    WHERE {% condition seen.when %} created {% endcondition %} ;; }
  filter: when { type: date }
  dimension: x {}
  measure: n { type: count }
}
view: ranked {
  derived_table: { explore_source: a {
    column: chosen {}
    column: n { field: a.n }
    derived_column: rank { sql: RANK() OVER (ORDER BY n DESC) ;; }
    bind_filters: { from_field: ranked.region to_field: a.region }
    filters: [a.at_date: "7 days"]
  } }
  dimension: chosen {}
  dimension: rank { type: number }
  dimension: region {}
}
explore: a {}
explore: b { from: a view_name: b }
explore: seen {}
explore: ranked {}
"""


@pytest.fixture
def model(project: Callable[[str], Project]) -> Project:
    return project(MODEL)


def ask(model: Project, *fields: str, explore: str = "a", region: str = "us", **filters: str) -> Compiled:
    """`filters` by field, `__` for the dot."""
    request = Request(
        model="m", explore=explore, fields=fields,
        filters={name.replace("__", "."): value for name, value in filters.items()},
    )  # fmt: skip
    context = Context(now=NOW, user_attributes={"r": region}, sees_everything=True)
    return compile_request(model, request, "duckdb", context)


def sql(model: Project, *fields: str, **more: str) -> str:
    return " ".join(ask(model, *fields, **more).sql.split())


def test_a_parameter_stands_in_sql_as_its_type_says(model: Project) -> None:
    assert 'a.x AS "a.chosen"' in sql(model, "a.chosen")
    assert 'a.y AS "a.chosen"' in sql(model, "a.chosen", a__col="y")
    assert "a.n >= 2.5" in sql(model, "a.enough", a__least="2.5")
    assert "a.n >= NULL" in sql(model, "a.enough")


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        ({"a__col": "z"}, r"a.col cannot be 'z'; valid are x, y"),
        ({"a__least": "2; DROP TABLE t"}, "valid is a number"),
    ],
)
def test_a_value_that_a_parameter_does_not_have_is_refused(
    model: Project, filters: dict[str, str], message: str
) -> None:
    with pytest.raises(QueryError, match=message):
        ask(model, "a.chosen", "a.enough", **filters)


def test_a_text_parameter_is_a_literal_and_never_more(project: Callable[[str], Project]) -> None:
    model = project(
        "view: a { parameter: p { type: string } dimension: d { sql: {% parameter p %} ;; } } explore: a {}"
    )
    assert "'x'' OR ''1'" in sql(model, "a.d", a__p="x' OR '1")


def test_labels_follow_parameters(model: Project) -> None:
    columns = ask(model, "a.chosen", "a.called", a__col="y").columns
    assert [column.field_label for column in columns] == ["Why", "Of y"]


def test_a_table_may_be_chosen_by_a_parameter(model: Project) -> None:
    assert "FROM small_a AS a" in sql(model, "a.n")
    assert "FROM big_a AS a" in sql(model, "a.n", a__big="yes")


def test_a_condition_is_the_filter_or_nothing(model: Project) -> None:
    assert "1 = 1" in sql(model, "a.within")
    assert "(a.at) >= TIMESTAMP '2024-05-11 00:00:00'" in sql(model, "a.within", a__window="7 days")
    assert "(a.channel) = 'beta'" in sql(model, "a.n", a__channel="beta")


def test_bounds_of_a_date_filter_are_literals_or_null(model: Project) -> None:
    assert "a.at >= TIMESTAMP '2024-05-11 00:00:00'" in sql(model, "a.recent", a__window="7 days")
    assert "a.at >= NULL" in sql(model, "a.recent")


def test_user_attributes_decide(model: Project) -> None:
    assert "a.us" in sql(model, "a.region")
    assert "a.eu" in sql(model, "a.region", region="eu")


def test_a_view_under_another_name_still_means_its_own_fields(model: Project) -> None:
    assert "(b.at) >= TIMESTAMP" in sql(model, "b.within", explore="b", b__window="7 days")
    assert "FROM big_a AS b" in sql(model, "b.n", explore="b", b__big="yes")


def test_a_derived_table_knows_the_question(model: Project) -> None:
    assert "SELECT x FROM t WHERE 1 = 1" in sql(model, "seen.x", explore="seen")
    asked = sql(model, "seen.n", explore="seen", seen__when="last month")
    assert "SELECT NULL AS x FROM t WHERE ((created >= TIMESTAMP '2024-04-01 00:00:00'" in asked


def test_a_derived_table_by_an_explore_takes_bound_filters(model: Project) -> None:
    text = sql(model, "ranked.chosen", "ranked.rank", explore="ranked", ranked__region="north")
    assert text.startswith("WITH ranked AS ( SELECT *, RANK() OVER (ORDER BY n DESC) AS rank FROM (")
    assert '"a.chosen" AS chosen, "a.n" AS n' in text
    assert "a.at >= TIMESTAMP '2024-05-11 00:00:00'" in text
    assert "a.us ) = 'north'" in text
    assert text.count("ORDER BY") == 2  # the rank, and the question's own


def test_liquid_that_is_none_is_told_with_its_view_and_harms_no_other_field(tmp_path: Path) -> None:
    text = "view: a { dimension: broken { sql: {% if %} ;; } dimension: sound {} }\nexplore: a {}\n"
    (tmp_path / "m.model.lkml").write_text(text)
    model = read_project(tmp_path).project
    with pytest.raises(QueryError, match=r"Liquid of a"):
        ask(model, "a.broken")
    assert "a.sound" in sql(model, "a.sound")


def column(name: str, **facts: object) -> OutputColumn:
    return OutputColumn(
        name=name, label=name, field_label=name, kind=ColumnKind.DIMENSION, type=OutputType.NUMBER, **facts,  # type: ignore[arg-type] # as a test writes them
    )  # fmt: skip


def test_a_cell_renders_its_html_from_its_value_and_its_row() -> None:
    columns = [
        column(
            "a.share",
            value_format_name="percent_0",
            html="<b>{{ rendered_value }}</b> {{ a.id._value }}/{{ row['a.id'] }}",
        ),
        column("a.id", html="{% if value > 5 %}many{% else %}few{% endif %}"),
    ]
    cells = Cells(columns, {})
    assert cells.html(0, (0.25, 7)) == "<b>25%</b> 7/7"
    assert cells.html(1, (0.25, 7)) == "many"


def test_links_lead_somewhere_or_are_not_there() -> None:
    links = (
        Link(
            "See {{ value }}",
            "https://a.example/{{ value | encode_uri }}?{{ _filters['a.x'] | url_encode }}",
        ),
        Link("Nothing", "{% if value == 'z' %}https://x.example{% endif %}"),
    )
    cells = Cells([column("a.id", links=links)], {"a.x": "7 days"})
    assert cells.links(0, ("b/c",)) == (CellLink("See b/c", "https://a.example/b%2Fc?7+days"),)


def test_tags_about_queries_have_no_meaning_in_a_cell() -> None:
    cells = Cells([column("a.id", html="{% condition x %} y {% endcondition %}")], {})
    with pytest.raises(LiquidProblem, match="no meaning about a cell"):
        cells.html(0, (1,))


def test_a_reference_to_a_parameter_is_its_value(project: Callable[[str], Project]) -> None:
    known = project(
        'view: a { sql_table_name: a ;; parameter: size { type: number default_value: "7" }'
        " dimension: x { sql: ${TABLE}.x * ${size} + ${a.size} ;; } } explore: a {}"
    )
    assert "a.x * 7 + 7" in sql(known, "a.x")


def test_conditions_and_fields_tell_case_as_the_model_says_or_the_field(
    project: Callable[[str], Project],
) -> None:
    model = project("""
        case_sensitive: no
        view: a {
          filter: wanted {}
          filter: exact { case_sensitive: yes }
          dimension: name {}
          dimension: code { case_sensitive: yes }
          dimension: ours { type: yesno sql: {% condition wanted %} ${name} {% endcondition %} ;; }
          dimension: same { type: yesno sql: {% condition exact %} ${name} {% endcondition %} ;; }
        }
        explore: a {}
    """)
    asked = sql(model, "a.ours", "a.same", a__wanted="Bo", a__exact="Bo", a__name="Al", a__code="x%")
    assert "LOWER((a.name)) = LOWER('Bo')" in asked
    assert "((a.name) = 'Bo')" in asked
    assert "LOWER(a.name) = LOWER('Al')" in asked
    assert "a.code LIKE 'x%'" in asked


def test_a_standing_filter_may_escape_a_parameters_value(project: Callable[[str], Project]) -> None:
    known = project(
        'view: a { parameter: p { allowed_value: { value: "x_y" } }'
        " dimension: d { sql: {% parameter p %} ;; } }"
        ' explore: a { always_filter: { filters: [p: "x^_y"] } }'
    )
    assert "'x_y'" in sql(known, "a.d")
