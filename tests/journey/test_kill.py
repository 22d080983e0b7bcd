"""Kill any process at any time: what was acknowledged is in the warehouse once, and nobody has to help.

A sender keeps posting events and remembers which were answered 200; a builder keeps building; a viewer
keeps looking. Meanwhile processes of the stack are killed with SIGKILL, one after the other, at random.
"""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import psutil
import pytest

from mainstem.assemble.demo.counting import EVENT_TABLES, loaded_to, log_end
from mainstem.assemble.demo.project import demo_project
from mainstem.assemble.warehouse import open_warehouse
from mainstem.errors import MainstemError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from mainstem.assemble.project import Project

pytestmark = pytest.mark.journey

SOME_MODELS = ("--select", "+fct_daily_site_visitors", "+fct_daily_server_activity")
"""A whole build takes minutes on a busy machine, and says nothing more here."""

VICTIMS = ("collect", "load", "transform", "web", "postgres")
PATIENCE_SECONDS = 180.0
KEY = "Basic ZGVtby13ZWJzaXRlOg=="


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"never came true: {what}"
        threading.Event().wait(0.1)


def is_healthy(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


class Stack:
    """`mainstem up` on the demo's project."""

    def __init__(self, folder: Path) -> None:
        self.project: Project = demo_project(folder)
        self.gateway_port, web_port = free_port(), free_port()
        self.web = f"http://127.0.0.1:{web_port}"
        self.output = (folder / "up.log").open("wb")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "mainstem", "up", "--project", str(folder)],
            stdout=self.output,
            stderr=subprocess.STDOUT,
            env={
                **os.environ,
                "MAINSTEM_COLLECT_PORT": str(self.gateway_port),
                "MAINSTEM_WEB_PORT": str(web_port),
            },
        )
        until(lambda: self.process.poll() is None and set(VICTIMS) <= set(self.pids()), "all processes run")
        until(self.accepts, "the gateway accepts")
        until(self.shows, "the web server answers")  # the last to be started

    def pids(self) -> dict[str, int]:
        """Name → process id of the supervisor's own children."""
        found = {}
        for child in psutil.Process(self.process.pid).children():
            try:
                arguments = child.cmdline()
            except psutil.Error:
                continue
            if "mainstem" in arguments:
                found[arguments[arguments.index("mainstem") + 1]] = child.pid
            elif arguments and arguments[0].endswith("postgres"):
                found["postgres"] = child.pid
        return found

    def accepts(self) -> bool:
        return is_healthy(f"http://127.0.0.1:{self.gateway_port}")

    def shows(self) -> bool:
        return is_healthy(self.web)

    def kill(self, name: str) -> None:
        """SIGKILL it and wait until the supervisor has another."""
        until(lambda: name in self.pids(), f"{name} runs")  # it may just be away, for want of another victim
        pid = self.pids()[name]
        os.kill(pid, signal.SIGKILL)
        until(lambda: self.pids().get(name, pid) != pid, f"{name} is started again")

    def end(self) -> int:
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(120)
        self.output.close()
        return code


@dataclass
class Sender:
    """Posts one event after another; an event without an answer is posted again, as SDKs do."""

    port: int
    stop: threading.Event
    acknowledged: set[str] = field(default_factory=set)
    posted: set[str] = field(default_factory=set)

    def run(self) -> None:
        while not self.stop.is_set():
            event = {"messageId": str(uuid.uuid4()), "anonymousId": "a", "name": "Home"}
            while not self._post(event) and not self.stop.is_set():
                self.stop.wait(0.05)

    def _post(self, event: dict[str, str]) -> bool:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/v1/page", json.dumps(event).encode(), {"Authorization": KEY}
        )
        self.posted.add(event["messageId"])
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                if answer.read() == b"ok":
                    self.acknowledged.add(event["messageId"])
                    return True
        except (OSError, urllib.error.HTTPError):
            return False
        return False


def keep_building(folder: Path, stop: threading.Event) -> None:
    """Builds fail while parts are dead; what counts is that they work again."""
    while not stop.is_set():
        subprocess.run(
            [sys.executable, "-m", "mainstem", "build", "--project", str(folder), *SOME_MODELS],
            capture_output=True,
            check=False,
        )


def keep_looking(web: str, stop: threading.Event) -> None:
    while not stop.wait(0.2):
        is_healthy(web)


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    running = Stack(tmp_path / "project")
    yield running
    if running.process.poll() is None:
        running.end()


@pytest.mark.parametrize(
    "kills",
    [
        pytest.param(5, marks=[pytest.mark.timeout(900)]),
        pytest.param(30, marks=[pytest.mark.slow, pytest.mark.timeout(1500)]),
    ],
)
def test_what_was_acknowledged_is_loaded_once_whatever_is_killed(stack: Stack, kills: int) -> None:
    seed = random.randrange(1_000_000)
    print(f"seed {seed}")  # noqa: T201 # shown when the test fails
    chance = random.Random(seed)
    victims = [*VICTIMS, *chance.choices(VICTIMS, k=kills - len(VICTIMS))]
    chance.shuffle(victims)

    stop = threading.Event()
    senders = [Sender(stack.gateway_port, stop) for _ in range(4)]
    threads = [threading.Thread(target=sender.run) for sender in senders]
    threads.append(threading.Thread(target=keep_building, args=(stack.project.folder, stop)))
    threads.append(threading.Thread(target=keep_looking, args=(stack.web, stop)))
    for thread in threads:
        thread.start()
    try:
        for victim in victims:
            before = sum(len(sender.acknowledged) for sender in senders)
            more = chance.randrange(5, 200)
            until(
                lambda wanted=before + more: sum(len(s.acknowledged) for s in senders) >= wanted,  # type: ignore[misc] # mypy cannot type a lambda's default
                f"{more} more events are acknowledged",
            )
            stack.kill(victim)
        until(stack.accepts, "the gateway accepts again")
    finally:
        stop.set()
        for thread in threads:
            thread.join()

    acknowledged = set().union(*(sender.acknowledged for sender in senders))
    posted = set().union(*(sender.posted for sender in senders))
    until(lambda: loaded(stack.project) is not None, "everything is loaded")
    counted = Counter(loaded(stack.project) or [])
    assert acknowledged <= set(counted)
    assert set(counted) <= posted
    assert set(counted.values()) == {1}

    command = [
        *(sys.executable, "-m", "mainstem", "build", "--project", str(stack.project.folder)),
        *SOME_MODELS,
    ]
    until(
        lambda: subprocess.run(command, capture_output=True, check=False).returncode == 0, "a build is good"
    )
    assert stack.end() == 0


def loaded(project: Project) -> list[str] | None:
    """Message ids in the table of pages, once the loader has caught up; None before, or while it is away."""
    assert "pages" in EVENT_TABLES
    try:
        warehouse = open_warehouse(project, read_only=True)
    except MainstemError:
        return None
    try:
        if not loaded_to(project.data_dir, warehouse, log_end(project.data_dir)):
            return None
        ids: list[str] = warehouse.query("SELECT id FROM website.pages")["id"].to_pylist()
        return ids
    except MainstemError:
        return None
    finally:
        warehouse.close()
