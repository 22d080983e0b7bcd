from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mainstem.semantics.fields import (
    UnknownField,
    drill_fields,
    expand,
    fields_of,
    find_any_field,
    find_field,
    views_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from mainstem.semantics import Explore, Model, Reading

VIEWS = """
    view: a {
      dimension: x {}
      dimension: y { hidden: yes drill_fields: [z, own*] }
      dimension_group: t { type: time timeframes: [date, week] }
      measure: n { type: count }
      parameter: p { type: string }
      filter: f { type: string }
      set: own { fields: [x, n, b.x] }
      set: nested { fields: [own*, -n, t] }
      set: rest { fields: [ALL_FIELDS*, -own*] }
      set: loop { fields: [loop*, x] }
      drill_fields: [nested*]
    }
    view: b { dimension: x {} dimension: z {} }
    """


@pytest.fixture
def explore(read: Callable[..., Reading]) -> Callable[[str], tuple[Model, Explore]]:
    def of(text: str) -> tuple[Model, Explore]:
        reading = read(VIEWS + text)
        assert reading.errors == ()
        model = reading.project.models["shop"]
        return model, model.explores["a"]

    return of


ALL_OF_A = ["a.x", "a.y", "a.t_date", "a.t_week", "a.n", "a.f", "a.p"]


@pytest.mark.parametrize(
    ("explores", "offered"),
    [
        ("explore: a {}", ALL_OF_A),
        ("explore: a { fields: [ALL_FIELDS*, -a.own*] }", ["a.y", "a.t_date", "a.t_week", "a.f", "a.p"]),
        ("explore: a { fields: [a.nested*] }", ["a.x", "a.t_date", "a.t_week"]),
        ("explore: a { fields: [-a.x] }", ALL_OF_A[1:]),
        ("explore: a { fields: [a*, -a.f] }", [*ALL_OF_A[:-2], "a.p"]),
        ("explore: a { fields: [a.loop*] }", ["a.x"]),
        ("explore: a { join: b { sql_on: 1=1 ;; } fields: [a.own*] }", ["a.x", "a.n", "b.x"]),
        ("explore: a { join: b { sql_on: 1=1 ;; fields: [] } }", ALL_OF_A),
        ("explore: a { join: b { sql_on: 1=1 ;; fields: [z] } }", [*ALL_OF_A, "b.z"]),
        ("explore: a { join: b { sql_on: 1=1 ;; fields: [b.ALL_FIELDS*, -b.z] } }", [*ALL_OF_A, "b.x"]),
        ("explore: a { join: c { from: b sql_on: 1=1 ;; } fields: [ALL_FIELDS*, -a*] }", ["c.x", "c.z"]),
    ],
)
def test_an_explore_offers_what_its_lists_leave(
    explore: Callable[[str], tuple[Model, Explore]], explores: str, offered: list[str]
) -> None:
    assert sorted(fields_of(*explore(explores))) == sorted(offered)


def test_a_value_leads_to_its_own_drill_fields_or_its_views(
    explore: Callable[[str], tuple[Model, Explore]],
) -> None:
    views = views_of(*explore("explore: a { join: b { sql_on: 1=1 ;; } }"))
    assert drill_fields(views, "a", views["a"].dimensions["y"]) == ("a.x", "a.n", "b.x")
    assert drill_fields(views, "a", views["a"].dimensions["x"]) == ("a.x", "b.x", "a.t_date", "a.t_week")
    assert drill_fields(views, "b", views["b"].dimensions["x"]) == ()


def test_names_without_a_view_are_of_the_view_that_names_them(
    explore: Callable[[str], tuple[Model, Explore]],
) -> None:
    views = views_of(*explore("explore: a {}"))
    assert expand(("x", "-x", "n", "nothing", "b.x"), views, "a") == ("a.n",)
    assert expand(("x",), views) == ()


UNKNOWN = {
    "x": "x names no view; write view.field (did you mean a.x?)",
    "aa.x": "unknown view aa in aa.x (did you mean a?); this explore has a",
    "a.xx": "unknown field a.xx (did you mean a.x?)",
    "a.t": "unknown field a.t: t is a dimension_group; its dimensions are a.t_date, a.t_week",
    "a.p": "a.p can only be filtered by: it is a filter or a parameter",
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_a_name_that_means_nothing_is_explained(
    explore: Callable[[str], tuple[Model, Explore]], name: str
) -> None:
    views = views_of(*explore("explore: a {}"))
    with pytest.raises(UnknownField) as raised:
        find_field(views, name)
    assert str(raised.value) == UNKNOWN[name]


def test_filters_and_parameters_are_found_where_filters_may_stand(
    explore: Callable[[str], tuple[Model, Explore]],
) -> None:
    views = views_of(*explore("explore: a {}"))
    assert [find_any_field(views, f"a.{name}")[1].name for name in ("x", "n", "f", "p")] == [
        "x",
        "n",
        "f",
        "p",
    ]
    with pytest.raises(UnknownField):
        find_any_field(views, "a.q")
