"""LookML that people edit while it is served."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

import pytest

from mainstem.artifacts import DbtModel, DbtProject
from mainstem.assemble.live_lookml import LiveLookml, following

if TYPE_CHECKING:
    from pathlib import Path

SOUND = "view: a { sql_table_name: shop.a ;; dimension: x {} }\nexplore: a {}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "lookml"
    folder.mkdir()
    (folder / "m.model.lkml").write_text(SOUND)
    return folder


def fields(live: LiveLookml) -> set[str]:
    return set(live.project.models["m"].views["a"].dimensions)


def test_an_edit_is_served_after_the_next_look(folder: Path) -> None:
    live = LiveLookml(folder)
    assert not live.look_again()
    (folder / "m.model.lkml").write_text(SOUND.replace("dimension: x {}", "dimension: x {} dimension: y {}"))
    assert live.look_again()
    assert fields(live) == {"x", "y"}


def test_files_that_come_and_go_are_noticed(folder: Path) -> None:
    live = LiveLookml(folder)
    (folder / "deep").mkdir()
    (folder / "deep" / "n.model.lkml").write_text("view: b { dimension: z {} }\nexplore: b {}\n")
    assert live.look_again()
    assert set(live.project.models) == {"m", "n"}
    (folder / "deep" / "n.model.lkml").unlink()
    assert live.look_again()
    assert set(live.project.models) == {"m"}


def test_a_typo_takes_away_what_it_stands_in_and_is_told_once(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    live = LiveLookml(folder)
    broken = SOUND.replace("dimension: x {}", "dimension: x {} dimension: y { type: nubmer }")
    (folder / "m.model.lkml").write_text(broken)
    with caplog.at_level(logging.ERROR, "mainstem.lookml"):
        assert live.look_again()
        live.look_again()
    assert len(caplog.records) == 1
    assert "m.model.lkml:1" in caplog.text
    assert "nubmer" in caplog.text
    assert fields(live) == {"x"}
    assert len(live.now().reading.errors) == 1
    assert live.now().problem is None


def test_a_folder_that_is_gone_leaves_what_was_read_last(folder: Path) -> None:
    live = LiveLookml(folder)
    before = live.project
    (folder / "m.model.lkml").unlink()
    folder.rmdir()
    assert live.look_again()
    assert live.project is before
    assert "no such folder" in (live.now().problem or "")
    folder.mkdir()
    (folder / "m.model.lkml").write_text(SOUND)
    assert live.look_again()
    assert live.now().problem is None


def test_a_project_without_lookml_is_served_empty_until_there_is_some(tmp_path: Path) -> None:
    live = LiveLookml(tmp_path / "lookml")
    assert live.project.models == {}
    assert "no such folder" in (live.now().problem or "")
    (tmp_path / "lookml").mkdir()
    (tmp_path / "lookml" / "m.model.lkml").write_text(SOUND)
    assert live.look_again()
    assert live.now().problem is None


def test_it_is_followed_in_a_thread_until_the_block_ends(folder: Path) -> None:
    live = LiveLookml(folder)
    read = threading.Event()
    look = live.look_again

    def noticed() -> bool:
        changed = look()
        if changed:
            read.set()
        return changed

    live.look_again = noticed  # type: ignore[method-assign] # to wait for it, not for the clock
    with following(live, every_s=0.001):
        (folder / "m.model.lkml").write_text(SOUND + "explore: more { from: a }\n")
        assert read.wait(30)
    assert "more" in live.project.models["m"].explores
    assert not any(thread.name == "lookml" for thread in threading.enumerate())


def test_views_tell_whether_anything_tests_their_table(folder: Path) -> None:
    assert LiveLookml(folder).judged() is None
    model = DbtModel(name="a", schema="shop", table="a")
    live = LiveLookml(folder, dbt=lambda: DbtProject(models={"a": model}))
    assert live.judged() == {"m.model.lkml:1": "view a reads shop.a, but no test of dbt's says anything of a"}
    (folder / "m.model.lkml").write_text(f'connection: "crm"\n{SOUND}')
    crm = LiveLookml(folder, dbt=lambda: DbtProject(models={"a": model}), others=("crm",))
    assert crm.judged() == {}
