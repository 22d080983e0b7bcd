from __future__ import annotations

from datetime import date

from benchmarks.effort import FULL, QUICK
from benchmarks.figure import Detail, Figure, Outcome, Round
from benchmarks.machine import Machine
from benchmarks.report import document

MACHINE = Machine(2, "a processor", 24.0, "ext4", "Linux 6.1", "3.11.2", load_before=0.1)
FIGURE = Figure(
    benchmark="log", name="log alone", unit="events/s", limit="a loop", better="higher",
    rounds=(Round(1, 2),), notes=("a note",),
)  # fmt: skip


def written(outcome: Outcome, machine: Machine = MACHINE) -> str:
    return document([outcome], FULL, machine, date(2026, 5, 4), lambda name: f"What {name} is.")


def test_the_document_holds_the_table_the_words_the_notes_and_the_way_to_repeat_it() -> None:
    detail = Detail("Where time goes", ("stage", "share"), (("write", "80%"),))
    page = written(Outcome(benchmark="log", figures=(FIGURE,), details=(detail,)))
    assert (
        "2026-05-04, 5 rounds, on 2 cores of a processor, 24 GB of memory, ext4, Linux 6.1, Python 3.11.2."
        in page
    )
    assert "| log alone | 1.00 events/s | 2.00 events/s | 0.5 (0.5–0.5) | higher | a loop |" in page
    assert "What log is." in page
    assert "`.venv/bin/python -m benchmarks log`" in page
    assert "a note" in page
    assert "| write | 80% |" in page


def test_the_document_says_when_the_machine_was_shared() -> None:
    busy = Machine(2, "a processor", 24.0, "ext4", "Linux 6.1", "3.11.2", load_before=3.0)
    outcome = Outcome(benchmark="log", figures=(FIGURE,))
    assert "shared: its load was 3.0" in written(outcome, busy)
    assert "shared:" not in written(outcome)


def test_a_run_of_few_rounds_calls_itself_a_smoke_run() -> None:
    outcome = Outcome(benchmark="log", figures=(FIGURE,))
    page = document([outcome], QUICK, MACHINE, date(2026, 5, 4), str)
    assert "smoke run" in page
    assert "smoke run" not in written(outcome)


def test_the_document_says_what_could_not_be_measured() -> None:
    page = written(Outcome(benchmark="log", problem="not measured: nginx not found"))
    assert page.count("not measured: nginx not found") == 2
