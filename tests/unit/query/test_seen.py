"""A project, and the answers to its questions, as one asker may see them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from mainstem.errors import AnswerWithheld, QueryError
from mainstem.query import Request
from mainstem.query.connections import Connections
from mainstem.query.context import EVERYTHING, Asking
from mainstem.query.warehouse_explorer import WarehouseExplorers
from mainstem.semantics import read_project
from mainstem.testing.warehouse import MemoryWarehouse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MODEL = """
access_grant: pay { user_attribute: team allowed_values: ["finance", "board"] }
access_grant: board { user_attribute: team allowed_values: ["board"] }
view: people {
  derived_table: { sql: SELECT 'ann' AS name, 'north' AS region, 10 AS salary, 'not-a-number' AS code
    UNION ALL SELECT 'ben', 'south', 20, '7' ;; }
  dimension: name {}
  dimension: region {}
  dimension: salary { type: number required_access_grants: [pay] }
  dimension: code { type: number sql: CAST(${TABLE}.code AS INTEGER) ;; }
  dimension: chosen { sql: '{{ _user_attributes['currency'] }}' ;; }
  filter: secret_filter { type: string required_access_grants: [pay] }
  measure: count { type: count }
  measure: pay { type: sum sql: ${salary} ;; required_access_grants: [pay] }
}
view: plans {
  required_access_grants: [board]
  derived_table: { sql: SELECT 'ann' AS name, 'merger' AS plan ;; }
  dimension: name { primary_key: yes }
  dimension: plan {}
}
explore: people {
  access_filter: { field: people.region user_attribute: region }
  join: plans { sql_on: ${plans.name} = ${people.name} ;; relationship: one_to_one }
}
explore: strategy { view_name: people required_access_grants: [board] }
"""
OTHER = """
view: news { derived_table: { sql: SELECT 1 AS n ;; } measure: count { type: count } }
explore: news {}
"""
BOARD = """
- dashboard: staff
  title: Staff
  layout: newspaper
  filters:
  - { name: who, title: Who, type: field_filter, model: m, explore: people, field: people.name }
  - { name: pay, title: Pay, type: field_filter, model: m, explore: people, field: people.salary }
  elements:
  - { name: heads, title: Heads, type: table, model: m, explore: people, fields: [people.count],
      listen: { who: people.name, pay: people.salary } }
  - { name: paid, title: Paid, type: table, model: m, explore: people, fields: [people.name, people.salary] }
  - { name: by_pay, title: By pay, type: table, model: m, explore: people, fields: [people.name],
      filters: { people.salary: ">1" } }
  - { name: worked_out, title: Out, type: table, model: m, explore: people, fields: [people.name],
      dynamic_fields: [ { measure: most, based_on: people.salary, type: max } ] }
  - { name: gone, title: Gone, type: table, model: m, explore: nothing, fields: [people.name] }
- dashboard: plans
  title: The merger
  layout: newspaper
  elements:
  - { name: strategy, title: Strategy, type: table, model: m, explore: strategy, fields: [people.count] }
  - { name: said, type: text, body_text: All about the merger }
"""


@pytest.fixture
def explorers(tmp_path: Path) -> Iterator[WarehouseExplorers]:
    (tmp_path / "m.model.lkml").write_text(MODEL)
    (tmp_path / "other.model.lkml").write_text(OTHER)
    (tmp_path / "staff.dashboard.lookml").write_text(BOARD)
    project = read_project(tmp_path).project
    warehouse = MemoryWarehouse()
    yield WarehouseExplorers(
        lambda: project, Connections(warehouse), lambda: datetime(2026, 3, 3, tzinfo=UTC)
    )
    warehouse.close()


def ask(*fields: str, explore: str = "people", model: str = "m", **more: object) -> Request:
    return Request(model=model, explore=explore, fields=fields, **more)  # type: ignore[arg-type] # as a test writes them


NORTH = Asking({"region": "north"})


def test_who_sees_everything_is_shown_the_project_itself(explorers: WarehouseExplorers) -> None:
    assert explorers.of(EVERYTHING).project is explorers.project


def test_fields_views_joins_explores_and_tiles_that_one_may_not_see_are_not_there(
    explorers: WarehouseExplorers,
) -> None:
    shown = explorers.of(NORTH).project
    model = shown.models["m"]
    assert list(model.explores) == ["people"]
    assert not model.explores["people"].joins
    assert "plans" not in model.views
    people = model.views["people"]
    assert "salary" not in people.dimensions
    assert "pay" not in people.measures
    assert not people.filters
    assert not model.access_grants
    (staff,) = shown.dashboards.values()
    assert [tile.name for tile in staff.elements] == ["heads", "gone"]
    assert staff.elements[0].listen == {"who": "people.name"}
    assert [given.name for given in staff.filters] == ["who"]


def test_what_a_grant_opens_is_there_and_no_more(explorers: WarehouseExplorers) -> None:
    finance = explorers.of(Asking({"region": "north", "team": "finance"})).project
    assert list(finance.dashboards) == ["staff"]
    assert [tile.name for tile in finance.dashboards["staff"].elements] == [
        "heads",
        "paid",
        "by_pay",
        "worked_out",
        "gone",
    ]
    board = explorers.of(Asking({"region": "north", "team": "board"})).project
    assert board is explorers.project
    assert list(board.dashboards) == ["staff", "plans"]


def test_a_model_one_may_not_see_is_unknown_with_all_in_it(explorers: WarehouseExplorers) -> None:
    asker = explorers.of(Asking({"team": "board"}, models=frozenset({"other"})))
    assert list(asker.project.models) == ["other"]
    assert not asker.project.dashboards
    assert [explore.name for _, explore in asker.explores()] == ["news"]
    with pytest.raises(QueryError, match="unknown model m; models are other") as e:
        asker.run(ask("people.count"))
    assert "people" not in str(e.value)
    assert asker.run(ask("news.count", explore="news", model="other")).rows == [(1,)]


@pytest.mark.parametrize("field", ["people.salary", "people.pay", "people.secret_filter", "plans.plan"])
def test_a_hidden_field_is_as_unknown_as_one_that_never_was(
    explorers: WarehouseExplorers, field: str
) -> None:
    asker = explorers.of(NORTH)
    told = []
    for name in (field, f"{field}_zzzz"):
        with pytest.raises(QueryError) as e:
            asker.run(ask("people.name", name))
        told.append(str(e.value).replace("_zzzz", ""))
    assert told[0] == told[1]


def test_rows_totals_and_streams_are_those_of_the_asker(explorers: WarehouseExplorers) -> None:
    asker = explorers.of(NORTH)
    assert asker.run(ask("people.name")).rows == [("ann",)]
    assert asker.run(ask("people.count", totals=True)).rows == [(1,)]
    with asker.stream(ask("people.name")) as stream:
        assert [row for batch in stream.batches for row in batch] == [("ann",)]
    assert explorers.of(Asking()).run(ask("people.name")).rows == []


def test_a_plain_value_is_matched_as_it_stands(explorers: WarehouseExplorers) -> None:
    given = {"region": "north,south", "team": "finance,board"}
    names = [name for (name,) in explorers.of(Asking(given)).run(ask("people.name")).rows]
    assert names == ["ann", "ben"]
    plain = explorers.of(Asking(given, plain_attributes=frozenset({"region", "team"})))
    assert plain.run(ask("people.name")).rows == []
    assert "salary" not in plain.project.models["m"].views["people"].dimensions


def test_what_somebody_chose_themself_opens_nothing_and_is_read_by_liquid(
    explorers: WarehouseExplorers,
) -> None:
    chosen = {"region": "south", "team": "board", "currency": "EUR"}
    asker = explorers.of(Asking({"region": "north"}, chosen))
    assert asker.run(ask("people.name", "people.chosen")).rows == [("ann", "EUR")]
    assert "plans" not in asker.project.models["m"].views


def test_the_warehouse_s_words_are_kept_from_who_may_not_see_every_row(explorers: WarehouseExplorers) -> None:
    with pytest.raises(QueryError, match="not-a-number"):
        explorers.of(EVERYTHING).run(ask("people.code"))
    for asker in (explorers.of(Asking({"region": "north"})), explorers.of(Asking({"region": "north,south"}))):
        with pytest.raises(AnswerWithheld) as withheld:
            asker.run(ask("people.code"))
        assert "not-a-number" not in str(withheld.value)
        assert "not-a-number" in str(withheld.value.__cause__)
        with pytest.raises(AnswerWithheld), asker.stream(ask("people.code")) as stream:
            list(stream.batches)
