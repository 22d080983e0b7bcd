"""Extensions and refinements, in the order Looker documents: what the object extends, what its refinements
extend, the object, its refinements."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from mainstem.semantics import Reading

LABELS = """
    view: v {}
    explore: a { extension: required label: "A" }
    explore: b { extension: required label: "B" }
    explore: c { extension: required label: "C" }
    explore: +c { label: "C+" }
    """


@pytest.mark.parametrize(
    ("explores", "label"),
    [
        ("explore: x { extends: [a, b] }", "B"),
        ("explore: x { extends: [b, a] }", "A"),
        ("explore: x { extends: [a, c] }", "C+"),
        ('explore: +x { label: "X+" } explore: x { extends: [a] label: "X" }', "X+"),
        ('explore: x { extends: [a] } explore: +x { label: "X+" }', "X+"),
        ("explore: x { extends: [b] } explore: +x { extends: [a] }", "A"),
        ('explore: x { extends: [b] label: "X" } explore: +x { extends: [a] }', "X"),
        ("explore: x { extends: [b] } explore: +x { extends: [a, b] }", "A"),
        ("explore: x { extends: [a] } explore: +x { extends: [a, b] }", "B"),
        ("explore: x { extends: [y] } explore: y { extends: [a] view_name: v }", "A"),
        ("explore: x { extends: a }", "A"),
    ],
)
def test_later_layers_win(read: Callable[..., Reading], explores: str, label: str) -> None:
    reading = read(LABELS + explores + "\nexplore: +x { view_name: v }")
    assert reading.errors == ()
    assert reading.project.models["shop"].explores["x"].label == label


def test_what_must_be_extended_is_never_offered(read: Callable[..., Reading]) -> None:
    reading = read(
        """
        view: base { extension: required sql_table_name: t ;; dimension: a {} }
        view: v { extends: [base] }
        explore: base {}
        explore: v {}
        """
    )
    model = reading.project.models["shop"]
    assert (list(model.views), model.views["v"].sql_table_name) == (["v"], "t")
    assert [str(error) for error in reading.errors] == [
        "shop.model.lkml:4: explore base reads view base: it only stands to be extended (extension: required)"
    ]


def test_fields_and_their_parameters_are_merged_by_name(read: Callable[..., Reading]) -> None:
    reading = read(
        """
        view: base {
          sql_table_name: t ;;
          dimension: a { type: number label: "A" sql: 1 ;; link: { label: "one" url: "1" } tags: ["x"] }
          dimension: b { sql: 2 ;; }
          dimension: c { sql: 2 ;; }
          measure: n { type: sum sql: 3 ;; filters: [c: "x", a: "1"] }
          set: s { fields: [a, b] }
        }
        view: v {
          extends: [base]
          derived_table: { sql: SELECT 1 ;; }
          dimension: a { label: "AA" link: { label: "two" url: "2" } tags: ["y"] }
          measure: b { type: count }
          measure: n { filters: [c: "z"] }
          set: s { fields: [a] }
        }
        """
    )
    assert reading.errors == ()
    view = reading.project.models["shop"].views["v"]
    a = view.dimensions["a"]
    assert (a.type, a.label, a.sql, a.tags) == ("number", "AA", "1", ("y",))
    assert [link.url for link in a.links] == ["1", "2"]
    assert list(view.dimensions) == ["a", "c"]
    assert list(view.measures) == ["b", "n"]
    assert {one.field: one.expression for one in view.measures["n"].filters} == {"c": "z", "a": "1"}
    assert view.sets == {"s": ("a",)}
    assert (view.sql_table_name, view.derived_sql) == (None, "SELECT 1")
    assert reading.project.models["shop"].views["base"].dimensions["a"].label == "A"


def test_joins_are_merged_by_name_and_guards_add_up(read: Callable[..., Reading]) -> None:
    reading = read(
        """
        view: v { dimension: id {} }
        view: w { dimension: id {} }
        explore: base {
          view_name: v
          access_filter: { field: v.id user_attribute: one }
          join: w { type: inner sql_on: ${v.id} = ${w.id} ;; }
        }
        explore: v { extends: [base] access_filter: { field: w.id user_attribute: two } }
        explore: +v {
          join: w { relationship: one_to_one }
          join: u { from: w sql_on: 1 = 1 ;; }
        }
        """
    )
    explore = reading.project.models["shop"].explores["v"]
    assert reading.errors == ()
    assert list(explore.joins) == ["w", "u"]
    assert (explore.joins["w"].type, explore.joins["w"].relationship) == ("inner", "one_to_one")
    assert [one.user_attribute for one in explore.access_filters] == ["one", "two"]


def test_a_refinement_may_use_what_it_refines(read: Callable[..., Reading]) -> None:
    reading = read(
        "view: v { dimension: a { sql: x ;; } }\nview: +v { dimension: a { sql: UPPER(${EXTENDED}) ;; } }"
    )
    assert reading.project.models["shop"].views["v"].dimensions["a"].sql == "UPPER(x)"


def test_every_model_has_its_own_refinements_and_shares_the_rest(read: Callable[..., Reading]) -> None:
    files = {
        "views.lkml": "view: a { dimension: x {} } view: b { extends: [a] }",
        "more.lkml": 'view: +a { label: "more" }',
        "one.model.lkml": 'include: "views"\ninclude: "more"',
        "two.model.lkml": 'include: "views"',
        "three.model.lkml": 'include: "views"',
    }
    models = read("", **files).project.models
    assert [models[name].views["b"].label for name in ("one", "two", "three")] == ["more", "B", "B"]
    assert models["two"].views["b"] is models["three"].views["b"]
    assert models["two"].views["a"] is models["three"].views["a"]


WRONG = {
    "view: a { extends: [b] }\nview: b { extends: [a] }": (
        "shop.model.lkml:2: a → b → a: these views extend each other"
    ),
    "view: a {}\nview: b { extends: [aa] }": (
        "shop.model.lkml:2: view b extends unknown view aa (did you mean a?)"
    ),
    "view: a {}\nview: +b {}": ("shop.model.lkml:2: view +b refines unknown view b; is its file included?"),
    "view: a {}\nview: +a { final: yes }\nview: +a {}": (
        "shop.model.lkml:3: view +a comes after a refinement that is final: yes, shop.model.lkml:2"
    ),
    "view: a {}\nview: a {}": (
        "shop.model.lkml:2: view a is defined twice; first in shop.model.lkml:1, which counts"
    ),
}


@pytest.mark.parametrize("text", WRONG)
def test_what_cannot_be_assembled_is_said(read: Callable[..., Reading], text: str) -> None:
    reading = read(text)
    assert [str(error) for error in reading.errors] == [WRONG[text]]
    assert "a" in reading.project.models["shop"].views
