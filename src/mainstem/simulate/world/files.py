"""Days of the company as files of lines of JSON, the truth in a folder of its own.

It writes day by day into an empty folder and never over what is there.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, BinaryIO

import msgspec

from mainstem.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from mainstem.simulate.world.output import Day


class Written(msgspec.Struct, frozen=True):
    """How many lines of each kind."""

    events: int
    changes: int
    truth: int


def write_days(
    days: Iterable[Day], folder: Path, progress: Callable[[Day], None] = lambda day: None
) -> Written:
    """`events.ndjson` by arrival; `changes/<system>.<table>.ndjson` and `truth/<table>.ndjson` by time.

    `progress` gets each day when it is written. Raises UsageError when the folder holds something.
    """
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(f"{folder} is not empty; give a folder that is, or that does not exist yet")
    encoder = msgspec.json.Encoder()
    events = changes = truth = 0
    with ExitStack() as stack:
        files = _Files(stack, folder)
        for day in days:
            for event in day.events:
                files.write("events", encoder.encode(event))
            for change in day.changes:
                files.write(f"changes/{change.system}.{change.table}", encoder.encode(change))
            for fact in day.truth:
                files.write(f"truth/{fact.table}", encoder.encode(fact.row))
            events += len(day.events)
            changes += len(day.changes)
            truth += len(day.truth)
            progress(day)
    return Written(events, changes, truth)


class _Files:
    """Opened at their first line, closed with the stack."""

    def __init__(self, stack: ExitStack, folder: Path) -> None:
        self._stack = stack
        self._folder = folder
        self._open: dict[str, BinaryIO] = {}

    def write(self, name: str, line: bytes) -> None:
        file = self._open.get(name)
        if file is None:
            path = self._folder / f"{name}.ndjson"
            path.parent.mkdir(parents=True, exist_ok=True)
            file = self._open[name] = self._stack.enter_context(path.open("wb"))
        file.write(line + b"\n")
