"""What came of a run, in a form that runners can be compared by."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

MARK = "| "
_MEMORY = re.compile(r"(out of memory) \([^)]*\)")
"""Kubernetes does not say how much of it there was."""


@dataclass(frozen=True)
class TaskReport:
    """`exit_codes` and `logs`: of each try, in order; a try that ran no program has None and no lines."""

    state: str
    tries: int
    exit_codes: tuple[int | None, ...]
    logs: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class RunReport:
    """`tasks` by `dag.task`; `alerts` as `alert` makes them, sorted."""

    states: dict[str, str]
    tasks: dict[str, TaskReport]
    alerts: tuple[tuple[str, str], ...] = field(default=())


@dataclass(frozen=True)
class Span:
    """When a program of a task ran, in seconds since 1970."""

    task: str
    start: float
    end: float


def overlapping(spans: list[Span]) -> list[tuple[str, str]]:
    """Every two that ran at once."""
    ordered = sorted(spans, key=lambda span: span.start)
    return [
        (first.task, second.task)
        for number, first in enumerate(ordered)
        for second in ordered[number + 1 :]
        if second.start < first.end
    ]


def alert(title: str, body: str) -> tuple[str, str]:
    """Of one that people were told: its title, and why and in which try, but not in which run or where."""
    first = next(iter(body.splitlines()), "")
    why = _MEMORY.sub(r"\1", first.rpartition(" · ")[0])
    return title, why


def said(lines: list[str]) -> tuple[str, ...]:
    """Those lines of a log that the program wrote."""
    return tuple(line for line in lines if line.startswith(MARK))


def files_with(folder: Path, needle: str) -> list[str]:
    """Files below `folder` that hold these bytes."""
    files = [file for file in folder.rglob("*") if file.is_file()]
    return [str(file.relative_to(folder)) for file in files if needle.encode() in file.read_bytes()]


def table(reports: dict[str, RunReport]) -> str:
    """A line a task, a column a runner: state, tries, exit codes."""
    names = sorted({name for report in reports.values() for name in report.tasks})
    cells = [["task", *reports]]
    cells += [[name, *(_cell(report.tasks.get(name)) for report in reports.values())] for name in names]
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    )


def _cell(task: TaskReport | None) -> str:
    if task is None:
        return "-"
    codes = ",".join("-" if code is None else str(code) for code in task.exit_codes)
    return f"{task.state} tries={task.tries} exit={codes or '-'}"
