from __future__ import annotations

import os
import socket
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from mainstem.assemble.init import init_project
from mainstem.assemble.logs import RECOVERED, Terminal, logs_folder
from mainstem.assemble.project import open_project
from mainstem.assemble.up import (
    Awaited,
    UpOptions,
    has_models,
    has_sources,
    is_shadowed,
    only_one,
    run_up,
)
from mainstem.errors import ConfigError, EnvironmentFailure, UsageError
from mainstem.supervise.lines import made

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.long


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    init_project(tmp_path / "p", None)
    return tmp_path / "p"


def run(folder: Path, **flags: str) -> None:
    run_up(UpOptions(folder, {name.upper(): value for name, value in flags.items()}), lambda _: None)


def test_a_second_run_of_a_project_is_refused_with_the_firsts_process(folder: Path) -> None:
    code = (
        "import sys, pathlib\n"
        "from mainstem.assemble.project import open_project\n"
        "from mainstem.assemble.up import only_one\n"
        "with only_one(open_project(pathlib.Path(sys.argv[1]))):\n"
        "    print('held', flush=True); sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", code, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as first:
        assert first.stdout is not None
        assert first.stdin is not None
        assert first.stdout.readline() == b"held\n"
        with pytest.raises(UsageError, match=rf"is already running \(process {first.pid}\)"):
            run(folder)
        first.stdin.close()
    with only_one(open_project(folder)):
        pass


def test_a_port_in_use_is_refused_before_anything_is_started(folder: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = str(taken.getsockname()[1])
        with pytest.raises(UsageError, match=rf"port {port} .* which web\.port asks for.*MAINSTEM_WEB_PORT"):
            run(folder, mainstem_web_port=port, mainstem_collect_port="0")
        with pytest.raises(UsageError, match=r"collect\.port"):
            run(folder, mainstem_web_port="0", mainstem_collect_port=port)
    with pytest.raises(UsageError, match=rf"collect\.port and web\.port are both {port}"):
        run(folder, mainstem_web_port=port, mainstem_collect_port=port)
    data = open_project(folder).data_dir
    assert {path.name for path in data.iterdir()} <= {"up.lock", "logs", "postgres", "postgres.place"}


def test_a_setting_that_is_wrong_is_refused_before_anything_is_made(folder: Path) -> None:
    with pytest.raises(ConfigError, match="MAINSTEM_LOAD_COMMIT_INTERVAL_S"):
        run(folder, mainstem_load_commit_interval_s="often")
    assert not open_project(folder).data_dir.exists()


def test_flags_win_over_the_environment_and_the_environment_over_the_file(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert open_project(folder).data_dir == folder / ".mainstem"
    monkeypatch.setenv("MAINSTEM_PROJECT_DATA_DIR", "kept")
    assert open_project(folder).data_dir == folder / "kept"
    flags = {"MAINSTEM_PROJECT_DATA_DIR": str(tmp_path / "flag"), "MAINSTEM_LOGGING_DIR": "said"}
    project = open_project(folder, flags)
    assert project.data_dir == tmp_path / "flag"
    assert logs_folder(project) == folder / "said"
    assert logs_folder(open_project(folder)) == folder / "kept" / "logs"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write to any folder")
def test_a_data_folder_that_cannot_be_made_is_one_line(folder: Path) -> None:
    folder.chmod(0o555)
    with pytest.raises(EnvironmentFailure, match="see \\[project\\] data_dir"):
        run(folder)
    folder.chmod(0o755)


def test_a_data_folder_in_the_place_of_a_file_is_one_line(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EnvironmentFailure, match=r"cannot use .*file"):
        run(folder, mainstem_project_data_dir=str(tmp_path / "file"))


def test_the_terminal_shows_warnings_and_what_becomes_of_processes_or_all() -> None:
    lines = [
        made("info", "mainstem.load", "load", "loaded 3 events", {}),
        made("info", "mainstem.supervise", "load", "ready", {}),
        made("warning", "mainstem.load", "load", "trying again", {"traceback": "Traceback"}),
    ]
    brief: list[str] = []
    verbose: list[str] = []
    for line in lines:
        Terminal(brief.append, verbose=False).show(line)
        Terminal(verbose.append, verbose=True).show(line)
    assert brief == ["load      | ready", "load      | trying again"]
    assert verbose == [
        "load      | loaded 3 events",
        "load      | ready",
        "load      | trying again",
        "load      | Traceback",
    ]


def test_a_terminal_that_has_gone_stops_nobody() -> None:
    calls: list[str] = []

    def gone(text: str) -> None:
        calls.append(text)
        raise BrokenPipeError

    terminal = Terminal(gone, verbose=True)
    for _ in range(2):
        terminal.show(made("error", "l", "p", "x", {}))
    assert len(calls) == 1


def test_a_source_that_is_shadowed_later_is_forwarded_without_a_restart(folder: Path) -> None:
    file, started = folder / "mainstem.toml", list[str]()
    text = file.read_text()
    forwarding = Awaited(open_project(folder), {}, is_shadowed, lambda _: started.append("shadow"))
    forwarding.look()
    file.write_text(text + "nonsense = 1\n")
    forwarding.look()
    assert started == []
    added = '\n[[sources]]\nid = "old"\nname = "Old"\nwrite_keys = ["K"]\n'
    file.write_text(text + added + 'shadow_url = "https://other.example"\n')
    forwarding.look()
    file.write_text(text + added)
    forwarding.look()
    assert started == ["shadow"], "once: it follows the file by itself from then on"


def test_what_has_nothing_to_do_is_started_once_it_has(tmp_path: Path) -> None:
    file, started = tmp_path / "mainstem.toml", list[str]()
    file.write_text('[project]\nname = "bare"\n')
    awaited = [
        Awaited(open_project(tmp_path), {}, has_sources, lambda _: started.append("collect")),
        Awaited(
            open_project(tmp_path), {}, has_models, lambda now: started.append(f"transform {now.folder.name}")
        ),
    ]

    def look() -> list[str]:
        for one in awaited:
            one.look()
        return started

    assert look() == []
    (tmp_path / "dbt").mkdir()
    (tmp_path / "dbt" / "dbt_project.yml").write_text("name: bare\n")
    assert look() == [f"transform {tmp_path.name}"]
    file.write_text('[project]\nname = "bare"\n\n[[sources]]\nid = "w"\nname = "W"\nwrite_keys = ["K"]\n')
    assert look()[1:] == ["collect"]
    assert look()[1:] == ["collect"]


def test_that_an_error_no_longer_holds_is_shown_as_the_error_was() -> None:
    said: list[str] = []
    terminal = Terminal(said.append, verbose=False)
    terminal.show(made("error", "mainstem.collect", "collect", "the settings do not check", {}))
    terminal.show(made("info", "mainstem.collect", "collect", "nothing of note", {}))
    terminal.show(made("info", "mainstem.collect", "collect", "the settings check again", {RECOVERED: True}))
    assert said == ["collect   | the settings do not check", "collect   | the settings check again"]
