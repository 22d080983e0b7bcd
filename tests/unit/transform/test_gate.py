from __future__ import annotations

import threading
from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest

from mainstem.errors import WarehouseBusy
from mainstem.transform.gate import StructureGate


@dataclass
class Recorder:
    """A lock that keeps its history and refuses when told to."""

    history: list[str] = field(default_factory=list)
    refuses: bool = False

    def acquire(self) -> None:
        if self.refuses:
            raise WarehouseBusy("no lock today")
        self.history.append("acquire")

    def release(self) -> None:
        self.history.append("release")


def _event(name: str) -> SimpleNamespace:
    return SimpleNamespace(info=SimpleNamespace(name=name))


def _gate(lock: Recorder, stopping: bool = False) -> tuple[StructureGate, list[str]]:
    broken_off: list[str] = []
    return StructureGate(lock, lambda: stopping, lambda: broken_off.append("yes")), broken_off


def test_the_lock_is_given_up_between_nodes() -> None:
    lock = Recorder()
    gate, _ = _gate(lock)
    for name in ("NodeStart", "NodeFinished", "NodeStart", "NodeFinished"):
        gate(_event(name))
    assert lock.history == ["acquire", "release"] * 2


def test_schemas_and_first_hooks_are_covered_up_to_the_end_of_the_first_node() -> None:
    lock = Recorder()
    gate, _ = _gate(lock)
    for name in ("ConcurrencyLine", "Formatting", "LogHookStartLine", "LogHookEndLine", "NodeStart"):
        gate(_event(name))
    assert lock.history == ["acquire"]
    gate(_event("NodeFinished"))
    assert lock.history == ["acquire", "release"]


def test_hooks_after_the_last_node_are_covered_from_their_rendering_on() -> None:
    lock = Recorder()
    gate, _ = _gate(lock)
    for name in ("ConcurrencyLine", "NodeStart", "NodeFinished", "Formatting", "LogHookStartLine"):
        gate(_event(name))
    assert lock.history == ["acquire", "release", "acquire"]
    gate(_event("FinishedRunningStats"))
    assert lock.history == ["acquire", "release"] * 2


def test_a_node_that_ends_without_word_leaves_no_lock_behind() -> None:
    lock = Recorder()
    gate, _ = _gate(lock)
    gate(_event("NodeStart"))
    gate.finish()
    gate.finish()
    assert lock.history == ["acquire", "release"]


def test_lines_outside_a_run_take_no_lock() -> None:
    lock = Recorder()
    gate, _ = _gate(lock)
    gate(_event("Formatting"))
    assert lock.history == []


def test_a_lock_that_cannot_be_had_breaks_the_run_off_from_the_pool() -> None:
    gate, broken_off = _gate(Recorder(refuses=True))
    raised: list[BaseException] = []

    def node() -> None:
        try:
            gate(_event("NodeStart"))
        except WarehouseBusy as e:
            raised.append(e)

    thread = threading.Thread(target=node)
    thread.start()
    thread.join()
    assert broken_off == ["yes"]
    assert [gate.failure] == raised


def test_no_node_starts_once_the_worker_was_told_to_end() -> None:
    lock = Recorder()
    gate, _ = _gate(lock, stopping=True)
    with pytest.raises(InterruptedError):
        gate(_event("NodeStart"))
    assert lock.history == ["acquire", "release"]
