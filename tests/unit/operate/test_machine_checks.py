"""Checks of this machine: Python, packages, extensions, disk, clock, ports."""

from __future__ import annotations

import errno
import os
import socket
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from mainstem.errors import EnvironmentFailure, UsageError
from mainstem.operate.doctor import Check, Finding, run_checks
from mainstem.operate.doctor.clock import check_clock, file_system_ahead, installed_at
from mainstem.operate.doctor.disk import FULL_BYTES, LOW_BYTES, check_disk, measure_sync
from mainstem.operate.doctor.extensions import check_extensions
from mainstem.operate.doctor.pins import check_pins, installed, required
from mainstem.operate.doctor.ports import Listener, check_ports
from mainstem.operate.doctor.python import check_python
from mainstem.operate.ports import problem_of
from mainstem.supervise import ProcessState, UpState

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from mainstem.supervise.state import Phase


def results(findings: Iterable[Finding]) -> list[str]:
    found = list(findings)
    assert all(finding.mend for finding in found if finding.result in ("warn", "fail"))
    return [finding.result for finding in found]


def test_an_old_python_fails_and_this_one_passes() -> None:
    assert results(check_python((3, 10, 9))) == ["fail"]
    assert results(check_python()) == ["ok"]


PINS = ["click>=8.2", "duckdb==1.5.5", "duckdb-extension-json==1.5.5", "x==1; extra == 'demo'"]


def test_packages_as_pinned_pass_and_this_environment_is_such() -> None:
    assert results(check_pins(PINS, lambda _: "1.5.5")) == ["ok"]
    assert results(check_pins(required(), installed)) == ["ok"]


@pytest.mark.parametrize(
    ("versions", "said"),
    [
        (
            {"duckdb": "1.5.5", "duckdb-extension-json": "1.5.4"},
            "duckdb-extension-json 1.5.4, but 1.5.5 is needed",
        ),
        (
            {"duckdb": "1.5.5"},
            "duckdb-extension-json is missing, but 1.5.5 is needed",
        ),
        (
            {"duckdb": "1.6.0", "duckdb-extension-json": "1.5.5"},
            "duckdb-extension-json 1.5.5 is not for duckdb 1.6.0",
        ),
    ],
)
def test_a_package_that_is_missing_or_of_another_version_fails_by_name(
    versions: dict[str, str], said: str
) -> None:
    findings = list(check_pins(PINS, versions.get))
    assert said in [finding.found for finding in findings]
    assert set(results(findings)) == {"fail"}


def test_extensions_load_from_the_environment_and_fail_where_they_are_not() -> None:
    assert results(check_extensions()) == ["ok"]

    def missing(_folder: Path) -> Path:
        raise EnvironmentFailure("the DuckDB extension icu is not installed")

    assert results(check_extensions(missing)) == ["fail"]


def test_an_extension_that_does_not_load_fails_by_name(tmp_path: Path) -> None:
    found = list(check_extensions(lambda folder: folder))
    assert any(finding.found.startswith("ducklake does not load") for finding in found)
    assert set(results(found)) == {"fail"}


@pytest.mark.parametrize(
    ("free", "expected"),
    [(LOW_BYTES, "ok"), (LOW_BYTES - 1, "warn"), (FULL_BYTES - 1, "fail")],
)
def test_room_on_the_disk_is_judged(tmp_path: Path, free: int, expected: str) -> None:
    assert results(check_disk(tmp_path, lambda _: free, lambda _: 0.001)) == [expected, "ok"]


def test_a_slow_disk_is_warned_of_and_one_that_does_not_sync_fails(tmp_path: Path) -> None:
    assert results(check_disk(tmp_path, lambda _: LOW_BYTES, lambda _: 0.2)) == ["ok", "warn"]

    def broken(_folder: Path) -> float:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    assert results(check_disk(tmp_path, lambda _: LOW_BYTES, broken)) == ["ok", "fail"]


def test_measuring_the_disk_leaves_nothing_there_and_takes_the_folder_that_will_be(tmp_path: Path) -> None:
    assert measure_sync(tmp_path) > 0
    list(check_disk(tmp_path / "not" / "yet"))
    assert list(tmp_path.iterdir()) == []


def test_a_clock_that_agrees_with_all_passes_and_any_other_does_not(tmp_path: Path) -> None:
    now = installed_at() + 1000
    assert results(check_clock(now, installed_at(), {"Postgres": 0.5})) == ["ok"]
    assert (
        results(check_clock(now, installed_at(), {"Postgres": -5.0, "the file system": 9.0})) == ["warn"] * 2
    )
    assert results(check_clock(installed_at() - 10, installed_at(), {})) == ["fail"]
    assert abs(file_system_ahead(tmp_path)) < 2
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def taken() -> Iterator[int]:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        yield listener.getsockname()[1]


def up_with(phase: Phase, name: str = "web") -> UpState:
    process = ProcessState(name, phase, 1, 1, "now", 0, None, "http://127.0.0.1:7", "web.log", 15)
    return UpState(1, 1, "now", (process,))


def test_a_port_is_free_or_ours_or_a_failure_that_names_its_setting(taken: int) -> None:
    listener = Listener("web", "web.port", "127.0.0.1", taken)
    [other] = check_ports([listener], None)
    assert (other.result, other.mend) == ("fail", "stop what uses it, or set another web.port")
    assert results(check_ports([listener], up_with("waiting"))) == ["fail"]
    assert results(check_ports([listener], up_with("ready"))) == ["ok"]
    assert results(check_ports([Listener("web", "web.port", "127.0.0.1", 0)], None)) == ["ok"]


def test_a_port_that_several_workers_share_is_ours(taken: int) -> None:
    listener = Listener("collect", "collect.port", "127.0.0.1", taken)
    assert results(check_ports([listener], up_with("ready", "collect-1"))) == ["ok"]
    assert results(check_ports([listener], up_with("ready", "collect-x"))) == ["fail"]


def test_an_address_that_is_none_of_this_machine_is_a_problem() -> None:
    assert "is no address" in (problem_of("no.such.host.invalid", 80) or "")
    assert "cannot listen" in (problem_of("192.0.2.1", 80) or "")


def test_a_check_that_breaks_is_a_finding_and_keeps_no_other_from_running() -> None:
    def wrong() -> Iterator[Finding]:
        raise UsageError("that is wrong")
        yield

    def unreadable() -> Iterator[Finding]:
        raise PermissionError(errno.EACCES, "Permission denied", "/secret")
        yield

    def buggy() -> Iterator[Finding]:
        raise ZeroDivisionError("password=hunter2")
        yield

    found = run_checks(
        [Check("a", wrong), Check("b", unreadable), Check("c", buggy), Check("python", check_python)]
    )
    assert results(found) == ["fail", "fail", "fail", "ok"]
    assert found[1].found == "/secret: Permission denied"
    assert found[2].found == "the check itself failed: ZeroDivisionError: password=***"
