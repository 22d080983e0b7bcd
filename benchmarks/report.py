"""`docs/performance.md`, made from one whole run. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.figure import command_of
from benchmarks.table import HEADINGS, lines_of, markdown, spread

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from benchmarks.effort import Effort
    from benchmarks.figure import Figure, Outcome
    from benchmarks.machine import Machine


def document(
    outcomes: Sequence[Outcome],
    effort: Effort,
    machine: Machine,
    day: date,
    explanation: Callable[[str], str],
) -> str:
    """`explanation` gives the words of a benchmark: what is measured, the limit, how to read it."""
    parts = [
        "# Performance",
        "",
        "Made by `make bench`. Machines are shared and noisy, so every figure is a ratio, ours ÷ limit,",
        "against a limit or peer measured in the same run, in turns with ours: the median of "
        f"{effort.rounds} rounds, with the",
        "least and the most. Compare ratios, not numbers of different machines. `good is` says which way is",
        "better.",
        "",
        f"{day.isoformat()}, {_machine(machine)}",
        "",
        markdown(HEADINGS, lines_of(outcomes)),
    ]
    for outcome in outcomes:
        parts += ["", f"## {outcome.benchmark}", "", explanation(outcome.benchmark), ""]
        parts += [f"Again: `{command_of(outcome.benchmark)}`"]
        parts += [line for figure in outcome.figures for line in _figure(figure)]
        for detail in outcome.details:
            parts += ["", f"{detail.title}:", "", markdown(detail.columns, detail.rows)]
        if outcome.problem is not None:
            parts += ["", outcome.problem]
    return "\n".join(parts) + "\n"


def _figure(figure: Figure) -> list[str]:
    lines = [
        "",
        f"- **{figure.name}**: ours {spread(figure.ours)} {figure.unit}, limit {spread(figure.held_against)}",
        f"  {figure.unit}, ratio {spread(figure.ratio)}",
    ]
    return lines + [f"  - {note}" for note in figure.notes]


def _machine(machine: Machine) -> str:
    shared = (
        f" The machine was shared: its load was {machine.load_before} before the first round, so expect wide "
        "ranges."
        if machine.was_shared
        else ""
    )
    return (
        f"{machine.cores} cores of {machine.cpu}, {machine.memory_gb:g} GB of memory, {machine.file_system}, "
        f"{machine.system}, Python {machine.python}.{shared}"
    )
