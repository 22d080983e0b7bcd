"""What an explore offers, and to whom: a field that is hidden from somebody is unknown to them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
import pytest

from mainstem.errors import QueryError
from mainstem.query import Request, compile_request
from mainstem.query.context import Context
from mainstem.query.resolve import resolve
from mainstem.semantics.model import AccessGrant, FilterField, InputType
from mainstem.testing.models import ORIGIN, dimension, explore, join, measure, project, timeframes, view

NOW = datetime(2024, 5, 17)  # noqa: DTZ001 -- naive UTC by contract
GRANTS = {
    "pay": AccessGrant("pay", "team", ("finance", "board"), ORIGIN),
    "never": AccessGrant("never", "nobody", (), ORIGIN),
}
PEOPLE = view(
    "people",
    dimension("id", "number", primary_key=True),
    dimension("salary", "number", required_access_grants=("pay",)),
    dimension("salutation"),
    *timeframes("born", "${TABLE}.born"),
    measure("count"),
    FilterField(name="period", type=InputType.DATE, label="period", origin=ORIGIN),
    sets={"short": ("id", "count"), "most": ("ALL_FIELDS*", "-salary"), "round": ("round*", "id")},
)
TEAMS = view("teams", dimension("name"), dimension("budget", "number"))


def asked(
    *fields: str, offered: dict[str, Any] | None = None, joined: dict[str, Any] | None = None
) -> set[str]:
    """Of the fields asked for, those the explore offers to somebody who may see everything."""
    shown = explore("people", join("teams", "1 = 1", **(joined or {})), **(offered or {}))
    known = project([PEOPLE, TEAMS], shown)
    context = Context(now=NOW, sees_everything=True)
    found = set()
    for name in fields:
        try:
            resolve(known, Request(model="m", explore="people", fields=(name,)), context)
        except QueryError as e:
            assert name in str(e)
        else:
            found.add(name)
    return found


ALL = ("people.id", "people.salary", "people.born_date", "people.count", "teams.name", "teams.budget")


@pytest.mark.parametrize(
    ("fields", "left"),
    [
        (None, set(ALL)),
        (("ALL_FIELDS*", "-people.salary"), set(ALL) - {"people.salary"}),
        (("-people.salary", "-teams.budget"), set(ALL) - {"people.salary", "teams.budget"}),
        (("short*", "teams.name"), {"people.id", "people.count", "teams.name"}),
        (("people.most*",), {"people.id", "people.born_date", "people.count"}),
        (("born", "teams.ALL_FIELDS*"), {"people.born_date", "teams.name", "teams.budget"}),
        (("round*",), {"people.id"}),
        (("ALL_FIELDS*", "-people.short*"), set(ALL) - {"people.id", "people.count"}),
    ],
)
def test_an_explore_offers_the_fields_it_lists(fields: tuple[str, ...] | None, left: set[str]) -> None:
    assert asked(*ALL, offered={"fields": fields}) == left


@pytest.mark.parametrize(
    ("fields", "left"),
    [(("name",), {"teams.name"}), ((), set()), (("ALL_FIELDS*", "-budget"), {"teams.name"})],
)
def test_a_join_offers_the_fields_it_lists(fields: tuple[str, ...], left: set[str]) -> None:
    assert asked("teams.name", "teams.budget", joined={"fields": fields}) == left


def test_a_field_must_be_left_by_the_join_and_by_the_explore() -> None:
    left = asked(*ALL, offered={"fields": ("teams.ALL_FIELDS*", "people.id")}, joined={"fields": ("name",)})
    assert left == {"people.id", "teams.name"}


def person(**attributes: str) -> Context:
    return Context(now=NOW, user_attributes=attributes)


@pytest.mark.parametrize("value", ["finance", "board", "sales, finance"])
def test_whoever_holds_a_grant_sees_what_asks_for_it(value: str) -> None:
    known = project([PEOPLE], access_grants=GRANTS)
    request = Request(model="m", explore="people", fields=("people.salary",))
    assert resolve(known, request, person(team=value)).dimensions[0].name == "people.salary"


@pytest.mark.parametrize("attributes", [{}, {"team": ""}, {"team": "sales"}, {"team": "fin"}])
def test_a_field_somebody_may_not_see_is_unknown_and_never_suggested(attributes: dict[str, str]) -> None:
    known = project([PEOPLE], access_grants=GRANTS)
    for name in ("people.salary", "people.salry"):
        with pytest.raises(QueryError) as raised:
            resolve(known, Request(model="m", explore="people", fields=(name,)), person(**attributes))
        said = str(raised.value).removeprefix(f"explore people: unknown field {name}")
        assert said != str(raised.value)
        assert "salary" not in said
        assert "grant" not in said


@pytest.mark.parametrize("where", ["filters", "sorts", "expression", "custom dimension", "custom measure"])
def test_a_hidden_field_cannot_be_reached_another_way(where: str) -> None:
    known = project([PEOPLE], access_grants=GRANTS)
    asked: dict[str, dict[str, Any]] = {
        "filters": {"filters": {"people.salary": ">1"}},
        "sorts": {"sorts": ("people.salary",)},
        "expression": {"filter_expression": "${people.salary} > 1"},
        "custom dimension": {
            "dynamic_fields": [{"category": "dimension", "name": "own", "expression": "${people.salary}"}]
        },
        "custom measure": {
            "dynamic_fields": [
                {"category": "measure", "name": "own", "based_on": "people.salary", "type": "sum"}
            ]
        },
    }
    fields = ["people.id"] + (["own"] if "dynamic_fields" in asked[where] else [])
    request = msgspec.convert(
        {"model": "m", "explore": "people", "fields": fields} | asked[where], Request, strict=False
    )
    with pytest.raises(QueryError, match=r"people\.salary"):
        resolve(known, request, person(team="sales"))


def test_grants_hide_views_joins_and_explores() -> None:
    hidden_view = msgspec.structs.replace(TEAMS, required_access_grants=("never",))
    for teams, options in ((hidden_view, {}), (TEAMS, {"required_access_grants": ("never",)})):
        known = project(
            [PEOPLE, teams], explore("people", join("teams", "1 = 1", **options)), access_grants=GRANTS
        )
        with pytest.raises(QueryError, match=r"unknown view teams in teams.name; this explore has people"):
            resolve(known, Request(model="m", explore="people", fields=("teams.name",)), person())
    known = project(
        [PEOPLE, TEAMS], explore("people", required_access_grants=("never",)), access_grants=GRANTS
    )
    with pytest.raises(QueryError, match="unknown explore people; explores of m are teams"):
        resolve(known, Request(model="m", explore="people", fields=("people.id",)), person())


SECRET = view(
    "v",
    dimension("secret", required_access_grants=("pay",)),
    dimension("open", sql="${secret}"),
    measure("most", "max", "${secret}"),
    measure("half", "number", "${most} / 2"),
    measure("some", "count", filters={"secret": "x"}),
    measure("count"),
)


@pytest.mark.parametrize("name", ["open", "most", "half", "some"])
def test_a_field_shows_nothing_it_reads_to_somebody_who_may_not_see_that(name: str) -> None:
    known = project([SECRET], access_grants=GRANTS)
    request = Request(model="m", explore="v", fields=(f"v.{name}",))
    assert compile_request(known, request, "duckdb", person(team="board")).sql
    with pytest.raises(QueryError, match="reads what you may not see") as raised:
        compile_request(known, request, "duckdb", person(team="sales"))
    assert "secret" not in str(raised.value)


def test_what_guards_an_explore_may_read_what_the_asker_may_not_see() -> None:
    known = project([SECRET], explore("v", sql_always_where="${v.open} = 'x'"), access_grants=GRANTS)
    request = Request(model="m", explore="v", fields=("v.count",))
    assert "v.secret = 'x'" in compile_request(known, request, "duckdb", person(team="sales")).sql


def test_a_grant_nobody_wrote_is_held_by_nobody() -> None:
    secret = view("v", dimension("x", required_access_grants=("misspelt",)), dimension("y"))
    with pytest.raises(QueryError, match=r"unknown field v\.x"):
        resolve(project([secret]), Request(model="m", explore="v", fields=("v.x",)), person(team="board"))


def test_a_filter_only_field_is_never_selected() -> None:
    with pytest.raises(QueryError, match=r"people.period is a filter-only field; it is filtered by"):
        resolve(project([PEOPLE]), Request(model="m", explore="people", fields=("people.period",)), person())


def test_fields_require_others_which_are_selected_after_them() -> None:
    needy = view(
        "v",
        dimension("x", required_fields=("y", "w.z")),
        dimension("y", required_fields=("x",)),
        measure("count", required_fields=("y",)),
    )
    other = view("w", dimension("z"))
    known = project([needy, other], explore("v", join("w", "1 = 1")))
    request = Request(model="m", explore="v", fields=("v.count",))
    found = resolve(known, request, person())
    assert [use.name for use in (*found.dimensions, *found.measures)] == ["v.y", "v.x", "w.z", "v.count"]
