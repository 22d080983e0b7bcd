from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from mainstem.semantics import Reading


def test_constants_stand_anywhere_and_hold_each_other(read: Callable[..., Reading]) -> None:
    manifest = """
        constant: db { value: "prod" }
        constant: table { value: "@{db}.sales" }
        constant: name { value: "sales" }
        """
    model = """
        include: "@{name}.view"
        explore: @{name} { label: "The @{name}" }
        """
    view = """
        view: sales {
          sql_table_name: @{table} ;;
          dimension: a { sql: IF('@{db}' = 'prod', 1, 2) ;; tags: ["@{name}"] }
          measure: n { type: count filters: [a: "@{db}"] }
        }
        """
    reading = read(model, **{"manifest.lkml": manifest, "sales.view.lkml": view})
    assert reading.errors == ()
    sales = reading.project.models["shop"].views["sales"]
    assert sales.sql_table_name == "prod.sales"
    assert (sales.dimensions["a"].sql, sales.dimensions["a"].tags) == (
        "IF('prod' = 'prod', 1, 2)",
        ("sales",),
    )
    assert sales.measures["n"].filters[0].expression == "prod"
    assert reading.project.models["shop"].explores["sales"].label == "The sales"


def test_an_unknown_constant_has_a_suggestion(read: Callable[..., Reading]) -> None:
    reading = read('\nlabel: "@{dbb}"', **{"manifest.lkml": 'constant: db { value: "x" }'})
    assert [str(error) for error in reading.errors] == [
        "shop.model.lkml:2: unknown constant @{dbb} (did you mean db?); the manifest has db"
    ]


def test_constants_that_hold_each_other_are_an_error(read: Callable[..., Reading]) -> None:
    manifest = 'constant: a { value: "@{b}" }\nconstant: b { value: "@{a}" }'
    (first, _) = read("", **{"manifest.lkml": manifest}).errors
    assert str(first) == "manifest.lkml:1: a → b → a: these constants hold each other"


def test_an_imported_project_has_constants_of_its_own(read: Callable[..., Reading]) -> None:
    files = {
        "manifest.lkml": """
            constant: a { value: "mine" }
            remote_dependency: lent {
              url: "u"
              override_constant: a { value: "given" }
              override_constant: fixed { value: "given" }
            }
            """,
        "imported_projects/lent/manifest.lkml": """
            constant: a { value: "theirs" export: override_optional }
            constant: fixed { value: "theirs" }
            """,
        "imported_projects/lent/v.view.lkml": 'view: v { label: "@{a} @{fixed}" }',
    }
    reading = read('include: "//lent/v.view"\nview: w { label: "@{a}" }', **files)
    assert reading.errors == ()
    views = reading.project.models["shop"].views
    assert (views["v"].label, views["w"].label) == ("given theirs", "mine")
