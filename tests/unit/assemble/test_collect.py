from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from mainstem.assemble.collect import CollectOptions, plan_gateway
from mainstem.cli.collect import command
from mainstem.errors import ConfigError, UsageError
from mainstem.events import Source, decode_received
from mainstem.log import open_reader

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PROJECT = """
[project]
data_dir = "kept"
[collect]
port = 9
strict = true
[[sources]]
id = "web"
name = "Website"
write_keys = ["A"]
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "mainstem.toml").write_text(PROJECT)
    return folder


def test_bare_write_keys_make_one_source_and_need_no_project(tmp_path: Path) -> None:
    gateway = plan_gateway(CollectOptions(data_dir=tmp_path, write_keys=("A", "B", "A")), tmp_path)
    assert gateway.sources == (Source("default", "default", ("A", "B")),)
    assert gateway.data_dir == tmp_path


@pytest.mark.parametrize("named", ["file", "folder", "here"])
def test_a_project_gives_sources_settings_and_data_folder(project: Path, tmp_path: Path, named: str) -> None:
    config = {"file": project / "mainstem.toml", "folder": project, "here": None}[named]
    gateway = plan_gateway(CollectOptions(config), project if named == "here" else tmp_path)
    assert [source.id for source in gateway.sources] == ["web"]
    assert (gateway.settings.port, gateway.settings.strict) == (9, True)
    assert gateway.data_dir == project / "kept"


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("[collect]\nmax_body_bytes = 100000000\nmax_partial_bytes = 200000000", "log.max_pending_bytes"),
        ("[collect]\nmax_body_bytes = 100000000", "collect.max_partial_bytes"),
    ],
)
def test_limits_that_one_allowed_request_could_break_are_refused(
    project: Path, settings: str, said: str
) -> None:
    text = PROJECT.replace("[collect]", settings)
    (project / "mainstem.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=said):
        plan_gateway(CollectOptions(project), project)


def test_the_command_line_wins_over_the_project(project: Path, tmp_path: Path) -> None:
    options = CollectOptions(project, tmp_path / "d", ("K",), "0.0.0.0", 0)  # noqa: S104  # nothing listens
    gateway = plan_gateway(options, tmp_path)
    assert [source.id for source in gateway.sources] == ["web", "default"]
    assert (gateway.settings.host, gateway.settings.port) == ("0.0.0.0", 0)  # noqa: S104  # as above
    assert gateway.data_dir == tmp_path / "d"


def test_bare_write_keys_leave_the_project_of_this_folder_alone(project: Path, tmp_path: Path) -> None:
    gateway = plan_gateway(CollectOptions(data_dir=tmp_path, write_keys=("K",)), project)
    assert [source.id for source in gateway.sources] == ["default"]
    assert gateway.settings.port == 8080


def test_the_environment_wins_over_the_defaults_without_a_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAINSTEM_COLLECT_STRICT", "true")
    gateway = plan_gateway(CollectOptions(data_dir=tmp_path, write_keys=("K",)), tmp_path)
    assert gateway.settings.strict is True


def test_without_any_source_it_says_how_to_name_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--write-key KEY, or --config"):
        plan_gateway(CollectOptions(data_dir=tmp_path), tmp_path)
    (tmp_path / "mainstem.toml").write_text("[collect]\nport = 1\n")
    with pytest.raises(UsageError, match=r"mainstem.toml has no \[\[sources\]\]"):
        plan_gateway(CollectOptions(), tmp_path)


def test_without_a_project_the_data_folder_must_be_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--data-dir DIR"):
        plan_gateway(CollectOptions(write_keys=("K",)), tmp_path)


def test_a_bare_write_key_that_a_source_has_already_is_an_error(project: Path) -> None:
    with pytest.raises(ConfigError, match=r"--write-key: .*has a write key that source 'web'"):
        plan_gateway(CollectOptions(project, write_keys=("A",)), project)


def test_a_log_that_would_refuse_what_the_gateway_lets_in_is_an_error(project: Path) -> None:
    with (project / "mainstem.toml").open("a") as file:
        file.write("[log]\nmax_pending_bytes = 1000\n")
    with pytest.raises(ConfigError, match=r"mainstem\.toml:12: log.max_pending_bytes = 1000 would refuse"):
        plan_gateway(CollectOptions(project), project)


@contextmanager
def collecting(data_dir: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A gateway process and its URL, as its ready line gives it."""
    process = subprocess.Popen(
        [
            sys.executable, "-m", "mainstem", "collect",
            "--data-dir", str(data_dir), "--write-key", "K", "--port", "0", *arguments,
        ],
        stderr=subprocess.PIPE,
        text=True,
        cwd=data_dir,
        env={name: value for name, value in os.environ.items() if not name.startswith("MAINSTEM_")},
    )  # fmt: skip
    assert process.stderr is not None
    with process:
        line = process.stderr.readline()
        try:
            assert "listening on http://127.0.0.1:" in line, line + process.stderr.read()
            yield process, line.rpartition(" ")[2].strip()
        finally:
            process.kill()


def send(url: str, body: bytes) -> bytes:
    with urllib.request.urlopen(f"{url}/v1/track?writeKey=K", body) as answer:
        return bytes(answer.read())


def test_what_was_answered_ok_is_in_the_log_though_the_process_is_killed(tmp_path: Path) -> None:
    bodies = [f'{{"userId":"u","n":{n}}}'.encode() for n in range(3)]
    with collecting(tmp_path) as (process, url):
        assert [send(url, body) for body in bodies] == [b"ok"] * 3
        process.send_signal(signal.SIGKILL)
        process.wait()
    reader = open_reader(tmp_path, "events")
    found = reader.read("gateway-0", reader.start("gateway-0"), 10**6).records
    assert [bytes(decode_received(payload).event) for _, payload in found] == bodies


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_gateway_without_an_error(tmp_path: Path, number: signal.Signals) -> None:
    with collecting(tmp_path) as (process, url):
        assert send(url, b'{"userId":"u"}') == b"ok"
        process.send_signal(number)
        assert process.wait() == 0


def test_a_port_in_use_ends_with_one_line(tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            [
                sys.executable, "-m", "mainstem", "collect",
                "--data-dir", str(tmp_path), "--write-key", "K", "--port", str(port),
            ],
            capture_output=True,
            text=True,
            check=False,
        )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert f"port {port} is in use" in done.stderr


@pytest.mark.parametrize(
    ("environment", "is_let_in"),
    [
        ({"INTERNAL_PORT": "0"}, True),
        ({"INTERNAL_PORT": "0", "INTERNAL_TOKEN": "t"}, True),
        ({"INTERNAL_PORT": "0", "INTERNAL_TOKEN": "t", "INTERNAL_HOST": "0.0.0.0"}, True),  # noqa: S104 # with a token
        ({"INTERNAL_PORT": "0", "INTERNAL_HOST": "0.0.0.0"}, False),  # noqa: S104 # what is refused
        ({"INTERNAL_PORT": "0", "INTERNAL_TOKEN": " "}, False),
        ({"INTERNAL_HOST": "0.0.0.0"}, True),  # noqa: S104 # there is no port
    ],
)
def test_the_log_is_shown_to_other_machines_only_with_a_token(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], is_let_in: bool
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(f"MAINSTEM_COLLECT_{name}", value)
    options = CollectOptions(data_dir=tmp_path, write_keys=("k",))
    if is_let_in:
        plan_gateway(options, tmp_path)
    else:
        with pytest.raises(ConfigError, match="internal_token"):
            plan_gateway(options, tmp_path)


@pytest.mark.parametrize("option", ["--config", "--project"])
def test_a_project_is_named_as_for_every_other_command(tmp_path: Path, option: str) -> None:
    (tmp_path / "mainstem.toml").write_text('[collect]\nport = "x"\n')
    done = CliRunner().invoke(command, [option, str(tmp_path)])
    assert isinstance(done.exception, ConfigError)
    assert "mainstem.toml:2" in str(done.exception)
