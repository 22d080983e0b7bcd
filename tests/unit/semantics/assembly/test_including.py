from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mainstem.semantics import read_project
from mainstem.semantics.assembly import Files
from mainstem.semantics.files import Root

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mainstem.semantics import Reading

NAMES = ("a.view.lkml", "m/b.view.lkml", "m/c.dashboard.lookml", "m/deep/d.view.lkml", "old.view.lookml")


@pytest.mark.parametrize(
    ("pattern", "by", "meant"),
    [
        ("/a.view", "m/x", ["a.view.lkml"]),
        ("/a.view.lkml", "m/x", ["a.view.lkml"]),
        ("b.view", "m/x", ["m/b.view.lkml"]),
        ("../a.view", "m/x", ["a.view.lkml"]),
        ("./*.view", "m/x", ["m/b.view.lkml"]),
        ("*", "m/x", ["m/b.view.lkml", "m/c.dashboard.lookml"]),
        ("/**/*.view", "x", ["a.view.lkml", "m/b.view.lkml", "m/deep/d.view.lkml", "old.view.lookml"]),
        ("/m/**/d.view.lkml", "x", ["m/deep/d.view.lkml"]),
        ("/**/**/d.view", "x", ["m/deep/d.view.lkml"]),
        ("/m//b.view", "x", ["m/b.view.lkml"]),
        ("*.view.lookml", "x", ["old.view.lookml"]),
        ("/company/a.view", "m/x", ["a.view.lkml"]),
        ("//lent/v.view", "m/x", ["imported_projects/lent/v.view.lkml"]),
        ("/lent/v.view", "m/x", ["imported_projects/lent/v.view.lkml"]),
        ("/v", "imported_projects/lent/w/x", []),
        ("/v.view", "imported_projects/lent/w/x", ["imported_projects/lent/v.view.lkml"]),
        ("../../../a.view", "m/x", []),
        ("//unknown/v.view", "m/x", []),
    ],
)
def test_a_pattern_means_files(tmp_path: Path, pattern: str, by: str, meant: list[str]) -> None:
    files = Files(
        (
            Root("company", "", tmp_path, NAMES),
            Root("lent", "imported_projects/lent/", tmp_path, ("v.view.lkml", "w/x.lkml")),
        )
    )
    assert list(files.included(pattern, by)) == meant


def test_refinements_come_in_the_order_of_their_includes(read: Callable[..., Reading]) -> None:
    files = {
        "a.lkml": 'include: "b.lkml"\nview: +v { label: "a" description: "a" }',
        "b.lkml": 'view: +v { label: "b" description: "b" view_label: "b" }',
        "c.lkml": 'include: "b.lkml"\nview: +v { description: "c" }',
        "v.view.lkml": "view: v {}",
    }
    view = read('include: "a"\ninclude: "c"\ninclude: "v.view"', **files).project.models["shop"].views["v"]
    assert (view.label, view.description, view.view_label) == ("a", "c", "b")


def test_files_that_include_each_other_are_read_once(read: Callable[..., Reading]) -> None:
    files = {"a.lkml": 'include: "b"\nview: a {}', "b.lkml": 'include: "a"\nview: b {}'}
    reading = read('include: "a"', **files)
    assert (reading.errors, sorted(reading.project.models["shop"].views)) == ((), ["a", "b"])


def test_an_imported_project_is_read_from_its_own_folder(read: Callable[..., Reading]) -> None:
    files = {
        "imported_projects/lent/m.model.lkml": 'include: "/views/*.view"\nexplore: lent {}',
        "imported_projects/lent/views/lent.view.lkml": "view: lent { sql_table_name: x ;; }",
    }
    reading = read('include: "//lent/m.model"', **files)
    assert reading.errors == ()
    assert list(reading.project.models) == ["shop"]
    assert list(reading.project.models["shop"].explores) == ["lent"]


def test_a_project_beside_this_one_is_read_when_the_manifest_names_it(tmp_path: Path) -> None:
    for name, text in {
        "hub/a.view.lkml": "view: a {}",
        "spoke/m.model.lkml": 'include: "//hub/a.view"\nexplore: a {}',
        "spoke/manifest.lkml": 'local_dependency: { project: "hub" }',
        "other/m.model.lkml": 'include: "//hub/a.view"',
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    spoke = read_project(tmp_path / "spoke")
    assert (spoke.errors, spoke.warnings) == ((), ())
    assert spoke.project.models["m"].views["a"].origin.file == "../hub/a.view.lkml"
    other = read_project(tmp_path / "other")
    assert "a" not in other.project.models["m"].views
    assert "is of project hub, which is not here" in other.warnings[0].message


def test_a_project_that_is_not_here_is_named_once(read: Callable[..., Reading]) -> None:
    manifest = 'remote_dependency: far { url: "https://git.example/far" ref: "main" }'
    reading = read('include: "//far/a.view"\ninclude: "//far/b.view"', **{"manifest.lkml": manifest})
    assert [str(warning) for warning in reading.warnings] == [
        "manifest.lkml:1: project far is not here; put it under imported_projects/far or beside this folder"
    ]


def test_a_project_without_a_model_is_read_as_one(read: Callable[..., Reading], tmp_path: Path) -> None:
    (tmp_path / "blocks").mkdir()
    (tmp_path / "blocks" / "a.view.lkml").write_text("view: a {}")
    (tmp_path / "blocks" / "e.explore.lkml").write_text('include: "a.view"\nexplore: a {}')
    reading = read_project(tmp_path / "blocks")
    assert list(reading.project.models["blocks"].explores) == ["a"]
    assert "is read as one model, blocks" in reading.warnings[0].message


def test_folders_with_explores_are_models_where_a_project_has_none(tmp_path: Path) -> None:
    for name, text in {
        "hub/web/views/events.view.lkml": "view: events { dimension: page {} }",
        "hub/web/explores/events.explore.lkml": 'include: "/hub/web/views/events.view"\nexplore: events {}',
        "hub/app/views/events.view.lkml": "view: events { dimension: screen {} }",
        "hub/app/explores/events.explore.lkml": 'include: "../views/*.view"\nexplore: events {}',
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    reading = read_project(tmp_path / "hub")
    assert reading.errors == ()
    models = reading.project.models
    assert {name: list(model.views["events"].dimensions) for name, model in models.items()} == {
        "app": ["screen"],
        "web": ["page"],
    }
    assert "its folders are: app, web" in reading.warnings[0].message
