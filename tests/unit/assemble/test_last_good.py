from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from mainstem.assemble.last_good import FOLDER, MANIFEST, keep_last_good, last_good
from mainstem.assemble.project import open_project
from mainstem.assemble.up import UpOptions, run_up
from mainstem.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WEB = """[project]
data_dir = "kept"
[[sources]]
id = "web"
name = "Website"
write_keys = ["A"]
tracking_plan = "shop"
privacy = "product"
[tracking]
project_dir = "plans"
[privacy]
key = "file:privacy.key"
"""
PLAN = "version: 1\nevents:\n  - name: Bought\n"
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("MAINSTEM_")}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "plans").mkdir()
    (tmp_path / "plans/shop.yml").write_text(PLAN)
    (tmp_path / "privacy.key").write_text("a key that is long enough")
    (tmp_path / "mainstem.toml").write_text(WEB)
    return tmp_path


@contextmanager
def collecting(folder: Path, *, ends: bool = False) -> Iterator[tuple[subprocess.Popen[str], str, list[str]]]:
    """A gateway of `folder`, its URL and what it has said by then."""
    command = [sys.executable, "-m", "mainstem", "collect", "--config", str(folder), "--port", "0"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=folder, env=ENVIRONMENT)
    with process:
        assert process.stderr is not None
        said: list[str] = []
        try:
            for line in process.stderr:
                said.append(line)
                if found := re.search(r"listening on (http://\S+)", line):
                    yield process, found.group(1), said
                    return
            assert ends, said
            yield process, "", said
        finally:
            process.kill()


def health(url: str) -> str:
    with urllib.request.urlopen(f"{url}/health") as answer:
        return str(answer.read(), "utf-8")


def is_taken(url: str) -> bool:
    with urllib.request.urlopen(f"{url}/v1/track?writeKey=A", b'{"userId":"u","event":"Bought"}') as answer:
        return bool(answer.status == 200)


def serve_once(folder: Path) -> None:
    """And be killed."""
    with collecting(folder) as (process, url, _):
        assert is_taken(url)
        process.send_signal(signal.SIGKILL)


@pytest.mark.parametrize(
    ("file", "text", "where"),
    [
        ("mainstem.toml", WEB + "[[[", "mainstem.toml:13"),
        ("mainstem.toml", WEB + "nonsense = 1\n", "mainstem.toml:13"),
        ("plans/shop.yml", PLAN + "nonsense: 1\n", "shop.yml:4"),
    ],
)
def test_a_gateway_that_was_killed_comes_back_while_a_file_is_broken(
    folder: Path, file: str, text: str, where: str
) -> None:
    sound = (folder / file).read_text()
    serve_once(folder)
    (folder / file).write_text(text)
    with collecting(folder) as (process, url, said):
        assert is_taken(url)
        assert f'"configError":"{where}"' in health(url)
        assert any("ERROR" in line and f"{file}:" in line and "starting with" in line for line in said), said
        (folder / file).write_text(sound)
        process.send_signal(signal.SIGHUP)
        assert process.stderr is not None
        assert any("the settings check again" in line for line in process.stderr)
        assert "configError" not in health(url)


def test_a_first_start_with_a_broken_file_fails_and_says_where(folder: Path) -> None:
    (folder / "mainstem.toml").write_text(WEB + "nonsense = 1\n")
    with collecting(folder, ends=True) as (process, url, said):
        assert (process.wait(), url) == (2, "")
        assert "mainstem.toml:13" in "".join(said)


def test_copies_are_for_their_owner_alone_and_no_secret_is_among_them(folder: Path) -> None:
    serve_once(folder)
    kept = folder / "kept" / FOLDER / "collect"
    files = [file for file in kept.rglob("*") if file.is_file()]
    assert {file.name for file in files} == {MANIFEST, "mainstem.toml", "shop.yml"}
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert not any(b"long enough" in file.read_bytes() for file in files)


def test_what_is_kept_follows_what_is_served_and_old_copies_go(folder: Path) -> None:
    config, plan = open_project(folder).config, folder / "plans/shop.yml"
    keep_last_good(folder / "kept", "collect", config, [plan])
    manifest = folder / "kept" / FOLDER / "collect" / MANIFEST
    before = manifest.stat().st_ino
    keep_last_good(folder / "kept", "collect", config, [plan])
    assert manifest.stat().st_ino == before, "nothing is written where nothing has changed"
    plan.write_text(PLAN + "  - name: Sold\n")
    keep_last_good(folder / "kept", "collect", config, [plan])
    plan.write_text("broken")
    (folder / "mainstem.toml").write_text("[[[\ndata_dir = 'kept'\n")
    kept = last_good(folder, "collect", {})
    assert kept is not None
    (copy,) = kept.project.config.stand_ins.values()
    assert copy.read_text() == PLAN + "  - name: Sold\n"
    assert len(list((folder / "kept" / FOLDER / "collect").glob("*/shop.yml"))) == 1


def test_what_was_kept_of_another_project_or_does_not_check_is_not_used(folder: Path) -> None:
    keep_last_good(folder / "kept", "collect", open_project(folder).config, [])
    assert last_good(folder, "collect", {}) is not None
    assert last_good(folder, "collect", {"MAINSTEM_PROJECT_DATA_DIR": "elsewhere"}) is None
    (folder / "other").mkdir()
    (folder / "other/mainstem.toml").write_text("[[[")
    assert last_good(folder / "other", "collect", {}, folder / "kept") is None
    (copy,) = (folder / "kept" / FOLDER / "collect").glob("*/mainstem.toml")
    copy.write_text("[[[")
    assert last_good(folder, "collect", {}) is None


def test_up_fails_clearly_where_nothing_was_served_before(folder: Path) -> None:
    (folder / "mainstem.toml").write_text(WEB + "nonsense = 1\n")
    with pytest.raises(ConfigError, match=r"mainstem\.toml:13"):
        run_up(UpOptions(folder), lambda _: None)


@pytest.mark.long
def test_up_that_was_killed_brings_the_gateway_back_while_a_setting_of_another_process_is_broken(
    folder: Path,
) -> None:
    with up(folder) as (process, url):
        assert is_taken(url)
        process.send_signal(signal.SIGINT)
        assert process.wait() == 0
    (folder / "mainstem.toml").write_text(WEB + '[load]\ncommit_interval_s = "often"\n')
    with up(folder) as (process, url):
        assert is_taken(url)
        process.send_signal(signal.SIGINT)
        process.wait()
    said = (folder / "kept/logs/up.log").read_text()
    assert "starting with the settings as they checked since" in said
    assert "mainstem.toml:14" in said


@contextmanager
def up(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    environment = {**ENVIRONMENT, "MAINSTEM_COLLECT_PORT": "0", "MAINSTEM_WEB_PORT": "0"}
    command = [sys.executable, "-m", "mainstem", "up", "--project", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, cwd=folder) as process:
        try:
            assert process.stdout is not None
            found = (re.search(rb"collect .*(http://[^\s,]+)", line) for line in process.stdout)
            yield process, next(one.group(1).decode() for one in found if one)
            for _ in process.stdout:
                pass
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
