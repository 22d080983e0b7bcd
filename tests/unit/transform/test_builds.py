from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from mainstem.errors import LogCorrupted, StoreUnavailable, WarehouseBusy
from mainstem.transform import Event, Finished, NodeDone, Request
from mainstem.transform.builds import Builds
from mainstem.transform.coverage import Coverage

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType

GOOD = Finished(True, 1, 2, (), coverage=Coverage("p", {}, (), ()))
NODE = NodeDone("m", "model", "success", 0.1, "OK")


@dataclass
class Everything:
    """dbt, the check, the records and the turn, which write down in which order they are called."""

    calls: list[str] = field(default_factory=list)
    stopping: bool = False
    damage: Exception | None = None
    unkept: Exception | None = None
    busy: Exception | None = None

    def stop(self) -> None:
        self.stopping = True

    def run(self, args: Sequence[str], on_event: Callable[[Event], None]) -> Finished:
        self.calls.append(" ".join(args))
        on_event(NODE)
        return GOOD

    def check(self) -> None:
        self.calls.append("check")
        if self.damage is not None:
            raise self.damage

    def begin(self, command: Sequence[str], asked_by: str, run: str = "") -> int | None:
        self.calls.append(f"begin for {run}" if run else "begin")
        return 1

    def finish(self, build_id: int, outcome: Finished) -> Finished:
        self.calls.append("finish")
        if self.unkept is not None:
            raise self.unkept
        return outcome

    def __enter__(self) -> None:
        if self.busy is not None:
            raise self.busy
        self.calls.append("turn")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.calls.append("done")


def run(everything: Everything, *args: str) -> list[Event]:
    told: list[Event] = []
    Builds(everything, everything, everything, everything).run(Request(args, "ada", "r"), told.append)
    return told


def test_a_build_is_recorded_from_begin_to_end_within_its_turn() -> None:
    everything = Everything()
    told = run(everything, "build", "-s", "m")
    assert everything.calls == ["turn", "begin for r", "build -s m", "check", "finish", "done"]
    assert told == [NODE, Finished(True, 1, 2, ())], "clients are not told the coverage"


def test_what_changes_nothing_waits_for_no_turn() -> None:
    everything = Everything()
    run(everything, "ls")
    assert "turn" not in everything.calls


def test_without_a_turn_nothing_is_run_and_the_reason_told() -> None:
    everything = Everything(busy=WarehouseBusy("the lake's lock cannot be had"))
    assert run(everything, "build") == [Finished(False, 0, 0, ("not run: the lake's lock cannot be had",))]
    assert everything.calls == []


def test_an_argument_that_is_not_allowed_is_told() -> None:
    (told,) = run(Everything(), "build", "--threads", "4")
    assert isinstance(told, Finished)
    assert told.failures[0].startswith("not run: dbt --threads cannot be given")


def test_a_damaged_catalog_fails_the_build_and_ends_whoever_ran_it() -> None:
    everything, told = Everything(damage=LogCorrupted("two snapshots")), list[Event]()
    builds = Builds(everything, everything, everything, everything)
    with pytest.raises(LogCorrupted):
        builds.run(Request(("build",)), told.append)
    assert told[-1] == Finished(False, 0, 0, ("two snapshots",))
    assert everything.calls[-2:] == ["finish", "done"]


def test_a_build_whose_end_cannot_be_kept_has_failed() -> None:
    told = run(Everything(unkept=StoreUnavailable("away")), "build")
    assert isinstance(told[-1], Finished)
    assert told[-1].failures == ("not published: its end could not be recorded: away",)
