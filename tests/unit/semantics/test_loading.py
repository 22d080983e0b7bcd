from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from mainstem.errors import LookmlError, UsageError
from mainstem.semantics import Project, load_project, read_project

if TYPE_CHECKING:
    from collections.abc import Callable

    from mainstem.semantics import Reading

SHOP = Path(__file__).parents[2] / "golden" / "query" / "lookml"


def test_a_project_is_the_same_after_a_round_trip_through_json() -> None:
    project = load_project(SHOP)
    assert msgspec.json.decode(msgspec.json.encode(project), type=Project) == project


def test_lookers_defaults_are_filled_in(read: Callable[..., Reading]) -> None:
    reading = read(
        """
        view: big_users { dimension: first_name {} }
        view: teams {}
        explore: big_users { join: teams { sql_on: 1 = 1 ;; } }
        """
    )
    model = reading.project.models["shop"]
    view, explore = model.views["big_users"], model.explores["big_users"]
    dimension = view.dimensions["first_name"]
    assert (view.label, view.sql_table_name) == ("Big Users", "big_users")
    assert (dimension.type, dimension.sql, dimension.label) == ("string", "${TABLE}.first_name", "First Name")
    assert (explore.label, explore.alias, explore.view) == ("Big Users", "big_users", "big_users")
    assert (explore.joins["teams"].type, explore.joins["teams"].relationship) == ("left_outer", "many_to_one")


def test_a_dimension_group_becomes_a_dimension_a_timeframe(read: Callable[..., Reading]) -> None:
    reading = read(
        """
        view: a {
          dimension_group: made { type: time timeframes: [raw, date, month, year] label: "X" }
        }
        """
    )
    dimensions = reading.project.models["shop"].views["a"].dimensions
    assert {name: (d.type, d.label) for name, d in dimensions.items()} == {
        "made_raw": ("date_time", "X Raw"),
        "made_date": ("date", "X Date"),
        "made_month": ("string", "X Month"),
        "made_year": ("number", "X Year"),
    }


def test_files_are_followed_through_includes(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "views" / "deep").mkdir(parents=True)
    (tmp_path / "models" / "m.model.lkml").write_text('include: "/views/**/*.view"\ninclude: "../one"')
    (tmp_path / "views" / "deep" / "a.view.lkml").write_text("view: a {}")
    (tmp_path / "one.lkml").write_text('include: "/two.lkml"')
    (tmp_path / "two.lkml").write_text("view: b {}\nexplore: a {}")
    (tmp_path / "three.lkml").write_text("view: c {}")
    reading = read_project(tmp_path)
    model = reading.project.models["m"]
    assert reading.errors == ()
    assert (sorted(model.views), sorted(model.explores)) == (["a", "b"], ["a"])
    assert [str(warning) for warning in reading.warnings] == [
        "three.lkml:1: no model includes this file, so nothing in it exists"
    ]


def test_loading_a_project_with_errors_raises_them_all(tmp_path: Path) -> None:
    (tmp_path / "m.model.lkml").write_text("explore: a {}\nexplore: b {}")
    with pytest.raises(LookmlError) as raised:
        load_project(tmp_path)
    assert [problem.where.line for problem in raised.value.problems] == [1, 2]


@pytest.mark.parametrize("folder", ["empty", "missing"])
def test_a_folder_without_lookml_is_a_usage_error(tmp_path: Path, folder: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match=folder):
        read_project(tmp_path / folder)


def test_windows_line_ends_and_a_byte_order_mark_do_not_matter(tmp_path: Path) -> None:
    (tmp_path / "m.model.lkml").write_bytes(b"\xef\xbb\xbfview: a {\r\n  dimension: b { typ: x }\r\n}\r\n")
    assert [error.where.line for error in read_project(tmp_path).errors] == [2]
