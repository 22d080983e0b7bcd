"""`docs/performance.md`, made from one whole run. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from benchmarks.figure import command_of
from benchmarks.table import HEADINGS, lines_of, markdown, spread

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from benchmarks.effort import Effort
    from benchmarks.figure import Figure, Outcome
    from benchmarks.machine import Machine

LEAST_ROUNDS = 5
"""Fewer than these make no figure."""


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
        "against a limit or peer that was measured in the same run, in turns with ours. Compare ratios, not",
        "numbers of different machines. Each is the median of the rounds, with the least and the most;",
        "`good is` says which way is better.",
        "",
        *_circumstances(effort, machine, day),
        "",
        markdown(HEADINGS, lines_of(outcomes)),
    ]
    for outcome in outcomes:
        parts += _section(outcome, explanation(outcome.benchmark))
    lengths = [(name, f"{value:g}") for name, value in msgspec.structs.asdict(effort).items()]
    parts += ["", "## Lengths", "", "What `--set FIELD=VALUE` changes, as it was in this run.", ""]
    parts += [markdown(("field", "value"), lengths)]
    return "\n".join(parts) + "\n"


def _section(outcome: Outcome, words: str) -> list[str]:
    parts = ["", f"## {outcome.benchmark}", "", words, "", f"Again: `{command_of(outcome.benchmark)}`"]
    if outcome.figures:
        parts += ["", *(line for figure in outcome.figures for line in _figure(figure))]
    for detail in outcome.details:
        parts += ["", f"{detail.title}:", "", markdown(detail.columns, detail.rows)]
    if outcome.problem is not None:
        parts += ["", outcome.problem]
    return parts


def _figure(figure: Figure) -> list[str]:
    ours, limit, unit = spread(figure.ours), spread(figure.held_against), figure.unit
    line = f"- **{figure.name}**: ours {ours} {unit}, limit {limit} {unit}, ratio {spread(figure.ratio)}"
    return [line, *(f"  - {note}" for note in figure.notes)]


def _circumstances(effort: Effort, machine: Machine, day: date) -> list[str]:
    lines = [f"{day.isoformat()}, {effort.rounds} rounds, on {_machine(machine)}"]
    if machine.was_shared:
        lines.append(
            f"The machine was shared: its load was {machine.load_before} before the first round, so expect "
            "wide ranges."
        )
    if effort.rounds < LEAST_ROUNDS:
        lines.append("This was a smoke run: no figure to go by.")
    return lines


def _machine(machine: Machine) -> str:
    return (
        f"{machine.cores} cores of {machine.cpu}, {machine.memory_gb:g} GB of memory, {machine.file_system}, "
        f"{machine.system}, Python {machine.python}."
    )
