"""What can be said of a field without running anything."""

from __future__ import annotations

import pytest

from mainstem.errors import QueryError
from mainstem.query.describe import field_facts
from mainstem.semantics.model import AllowedValue, FilterField, InputType, Parameter
from mainstem.testing.models import ORIGIN, dimension, explore, join, measure, project, view

ORDERS = view(
    "orders",
    dimension("id", "number", primary_key=True, hidden=True),
    dimension("lost", sql="${gone}"),
    dimension("label", sql="{{ _model._name }} || ${id}"),
    measure("ratio", "number", "1.0 * ${sum} / ${count}"),
    measure("sum", "sum", "${people.age}"),
    measure("count"),
    FilterField(name="period", type=InputType.DATE, label="Period", origin=ORIGIN, sql="${TABLE}.x > 1"),
    Parameter(
        name="unit",
        type=InputType.UNQUOTED,
        label="Unit",
        origin=ORIGIN,
        allowed_values=(AllowedValue("Day", "day"),),
    ),
)
KNOWN = project(
    [ORDERS, view("people", dimension("age", "number"))],
    explore("orders", join("people", "${orders.id} = ${people.age}")),
)


@pytest.mark.parametrize(
    ("name", "kind", "written", "rendered"),
    [
        ("orders.id", "dimension", "${TABLE}.id", "orders.id"),
        ("orders.label", "dimension", "{{ _model._name }} || ${id}", "m || orders.id"),
        ("orders.count", "measure", None, "COUNT(*)"),
        ("orders.period", "filter", "${TABLE}.x > 1", None),
        ("orders.unit", "parameter", None, None),
    ],
)
def test_a_field_of_any_kind_says_what_it_becomes(
    name: str, kind: str, written: str | None, rendered: str | None
) -> None:
    facts = field_facts(KNOWN, "m", "orders", name, "duckdb")
    assert (facts.kind, facts.sql, facts.rendered, facts.problem) == (kind, written, rendered, None)


def test_a_measure_says_what_it_becomes_with_the_joins_it_needs() -> None:
    facts = field_facts(KNOWN, "m", "orders", "orders.ratio", "snowflake")
    assert facts.rendered == "1.0 * SUM(people.age) / COUNT(*)"


def test_a_field_that_becomes_nothing_says_why() -> None:
    facts = field_facts(KNOWN, "m", "orders", "orders.lost", "duckdb")
    assert facts.rendered is None
    assert "unknown field ${gone} in view orders" in (facts.problem or "")


def test_hidden_fields_are_told_of() -> None:
    assert field_facts(KNOWN, "m", "orders", "orders.id", "duckdb").hidden


def test_a_field_that_is_not_there_is_an_error_that_helps() -> None:
    with pytest.raises(QueryError, match=r"did you mean orders\.count\?"):
        field_facts(KNOWN, "m", "orders", "orders.cuont", "duckdb")
