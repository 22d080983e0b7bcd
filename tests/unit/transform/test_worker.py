from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from mainstem.errors import EnvironmentFailure, FatalError, UsageError, WarehouseBusy
from mainstem.transform import Event, Finished, NodeDone, Queued
from mainstem.transform.builds import Builds
from mainstem.transform.client import build, run
from mainstem.transform.endpoint import connect, listen
from mainstem.transform.worker import Worker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

GOOD = Finished(True, 1, 2, ())
NODE = NodeDone("m", "model", "success", 0.1, "OK")


@dataclass
class FakeDbt:
    """Keeps what it was asked; each run waits for `go`."""

    go: threading.Event = field(default_factory=threading.Event)
    began: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    ran: list[tuple[str, ...]] = field(default_factory=list)
    stopping: bool = False
    failure: Exception | None = None

    def stop(self) -> None:
        self.stopping = True

    def run(self, args: Sequence[str], on_event: Callable[[Event], None]) -> Finished:
        self.ran.append(tuple(args))
        self.began.release()
        self.go.wait(30)
        on_event(NODE)
        if self.failure is not None:
            raise self.failure
        return GOOD


@dataclass
class FakeCheck:
    damage: Exception | None = None
    looked: int = 0

    def check(self) -> None:
        self.looked += 1
        if self.damage is not None:
            raise self.damage


@dataclass
class Serving:
    worker: Worker
    path: Path
    dbt: FakeDbt
    check: FakeCheck
    thread: threading.Thread
    raised: list[BaseException]


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[Serving]:
    dbt, check, path = FakeDbt(), FakeCheck(), tmp_path / "w.sock"
    worker = Worker(Builds(dbt, check), path)
    ready, raised = threading.Event(), list[BaseException]()

    def serve() -> None:
        try:
            worker.serve(ready.set)
        except FatalError as e:
            raised.append(e)

    thread = threading.Thread(target=serve)
    thread.start()
    assert ready.wait(30)
    yield Serving(worker, path, dbt, check, thread, raised)
    dbt.go.set()
    worker.stop()
    thread.join()


@contextmanager
def _asking(serving: Serving, *args: str) -> Iterator[tuple[list[Event], list[Finished | Exception]]]:
    events: list[Event] = []
    answers: list[Finished | Exception] = []

    def ask() -> None:
        try:
            answers.append(build(serving.path, args, events.append))
        except EnvironmentFailure as e:
            answers.append(e)

    thread = threading.Thread(target=ask)
    thread.start()
    yield events, answers
    thread.join()


def test_a_client_sees_every_event_and_how_it_ended(serving: Serving) -> None:
    serving.dbt.go.set()
    events: list[Event] = []
    assert build(serving.path, ["--select", "m"], events.append) == GOOD
    assert events == [Queued(0), NODE]
    assert serving.dbt.ran == [("build", "--select", "m")]


def test_runs_go_one_at_a_time_in_the_order_they_came(serving: Serving) -> None:
    with _asking(serving, "--select", "first"):
        serving.dbt.began.acquire()
        with connect(serving.path) as second, second.makefile("rb") as lines:
            second.sendall(b'{"args":["build","--select","second"]}\n')
            assert b'"ahead":1' in lines.readline()
            assert serving.dbt.ran == [("build", "--select", "first")]
            serving.dbt.go.set()
            assert b'"node"' in lines.readline()
            assert b'"finished"' in lines.readline()
    assert serving.dbt.ran == [("build", "--select", "first"), ("build", "--select", "second")]


def test_a_client_that_leaves_does_not_stop_its_run(serving: Serving) -> None:
    with connect(serving.path) as client:
        client.sendall(b'{"args":["build"]}\n')
        serving.dbt.began.acquire()
    serving.dbt.go.set()
    assert run(serving.path, ["test"]) == GOOD
    assert serving.dbt.ran == [("build",), ("test",)]


def test_the_catalog_is_looked_at_after_every_run(serving: Serving) -> None:
    serving.dbt.go.set()
    build(serving.path, [])
    build(serving.path, [])
    assert serving.check.looked == 2


def test_a_damaged_catalog_is_told_to_the_client_and_ends_the_worker(serving: Serving) -> None:
    serving.dbt.go.set()
    serving.check.damage = FatalError("the lake's catalog is damaged")
    assert build(serving.path, []).failures == ("the lake's catalog is damaged",)
    serving.thread.join()
    assert serving.raised == [serving.check.damage]


def test_a_lock_that_could_not_be_had_fails_the_run_and_not_the_worker(serving: Serving) -> None:
    serving.dbt.go.set()
    serving.dbt.failure = WarehouseBusy("the lake's lock cannot be had")
    assert build(serving.path, []).failures == ("the lake's lock cannot be had",)
    serving.dbt.failure = None
    assert build(serving.path, []).success


def test_a_request_that_was_queued_when_the_worker_ended_is_told_so(serving: Serving) -> None:
    with _asking(serving, "--select", "first"):
        serving.dbt.began.acquire()
        with connect(serving.path) as second, second.makefile("rb") as lines:
            second.sendall(b'{"args":["build"]}\n')
            assert b'"queued"' in lines.readline()
            serving.dbt.stopping = True
            serving.dbt.go.set()
            assert b"not run: the dbt worker was told to end" in lines.readline()


def test_what_is_no_request_is_answered_with_the_reason(serving: Serving) -> None:
    with connect(serving.path) as client, client.makefile("rb") as lines:
        client.sendall(b'{"arguments":[]}\n')
        assert b"not a request" in lines.readline()


def test_a_second_worker_on_the_same_socket_is_refused(serving: Serving) -> None:
    with pytest.raises(EnvironmentFailure, match="another dbt worker"):
        listen(serving.path)


def test_without_a_worker_the_client_says_how_to_start_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"mainstem up.*mainstem transform"):
        build(tmp_path / "none.sock", [])


def test_a_socket_left_by_a_dead_worker_is_no_worker_and_can_be_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "left.sock"
    listen(path).close()
    with pytest.raises(UsageError, match="no dbt worker"):
        build(path, [])
    with listen(path), connect(path):
        pass


def test_a_worker_that_dies_during_a_run_is_an_error_and_no_silence(tmp_path: Path) -> None:
    path = tmp_path / "dying.sock"
    with listen(path) as server:

        def die() -> None:
            client, _ = server.accept()
            with client:
                client.recv(1000)

        thread = threading.Thread(target=die)
        thread.start()
        with pytest.raises(EnvironmentFailure, match="ended before"):
            build(path, [])
        thread.join()


def test_a_path_longer_than_the_kernel_takes_works_and_is_this_users_alone(tmp_path: Path) -> None:
    path = tmp_path / ("deep" * 30) / "transform.sock"
    with listen(path) as server, connect(path) as client:
        accepted, _ = server.accept()
        with accepted:
            client.shutdown(socket.SHUT_WR)
            assert accepted.recv(1) == b""
    assert path.stat().st_mode & 0o777 == 0o600
