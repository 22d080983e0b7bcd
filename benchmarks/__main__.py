"""`python -m benchmarks [NAME…] [--quick] [--write]`: measure, and print one table."""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from benchmarks.effort import FULL, QUICK, Effort, with_settings
from benchmarks.machine import file_system_of, this_machine
from benchmarks.registry import BENCHMARKS, LONGEST_SECONDS, explanation
from benchmarks.report import document
from benchmarks.runner import run
from benchmarks.table import aligned, text

if TYPE_CHECKING:
    from benchmarks.figure import Outcome

DOCUMENT = Path(__file__).parents[1] / "docs" / "performance.md"
_IN_MEMORY = ("tmpfs", "ramfs")


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--quick", is_flag=True, help="Short rounds: the whole table in two minutes, as a smoke run.")
@click.option("--write", is_flag=True, help=f"Write docs/{DOCUMENT.name} from this run; only without NAME.")
@click.option(
    "--set", "settings", multiple=True, metavar="FIELD=VALUE",
    help="Change one length, such as load_events=50000; may be given several times.",
)  # fmt: skip
@click.option(
    "--scratch",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder to measure in, on a disk and not in memory; a temporary one by default.",
)
def main(
    names: tuple[str, ...], quick: bool, write: bool, settings: tuple[str, ...], scratch: Path | None
) -> None:
    """Measure the benchmarks called NAME, or all of them, and print one table of ratios."""
    chosen = _chosen(names)
    if write and names:
        raise click.UsageError("--write needs the whole table: leave the names out")
    effort = _effort(quick, settings)
    folder = scratch or _scratch()
    machine, began = this_machine(folder), datetime.now(UTC)
    outcomes = [_measured(name, effort, folder) for name in chosen]
    print(text(outcomes))
    for outcome in outcomes:
        for line in _remarks(outcome):
            print(line)
    if write:
        DOCUMENT.write_text(document(outcomes, effort, machine, began.date(), explanation), encoding="utf-8")
    if any(outcome.problem for outcome in outcomes):
        sys.exit(1)


def _measured(name: str, effort: Effort, folder: Path) -> Outcome:
    print(f"measuring {name} …", file=sys.stderr, flush=True)
    began = time.monotonic()
    outcome = run(name, effort, folder, LONGEST_SECONDS)
    print(f"measured {name} in {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    return outcome


def _remarks(outcome: Outcome) -> list[str]:
    """What stands below the table: the notes of each figure, and small tables."""
    lines = [f"{figure.name}: {note}" for figure in outcome.figures for note in figure.notes]
    for detail in outcome.details:
        lines += ["", aligned((detail.title, *detail.columns[1:]), detail.rows)]
    return ["", *lines] if lines else []


def _chosen(names: tuple[str, ...]) -> list[str]:
    for name in names:
        if name not in BENCHMARKS:
            raise click.UsageError(f"no benchmark is called {name!r} (valid: {', '.join(BENCHMARKS)})")
    return [name for name in BENCHMARKS if not names or name in names]


def _effort(quick: bool, settings: tuple[str, ...]) -> Effort:
    fields: dict[str, str] = {}
    for setting in settings:
        field, equals, value = setting.partition("=")
        if not equals:
            raise click.UsageError(f"--set takes FIELD=VALUE, not {setting!r}")
        fields[field] = value
    try:
        return with_settings(QUICK if quick else FULL, fields)
    except msgspec.ValidationError as e:
        valid = ", ".join(field.name for field in msgspec.structs.fields(Effort))
        raise click.UsageError(f"--set: {e} (valid fields: {valid})") from e


def _scratch() -> Path:
    """A folder on a disk: where memory plays one, an fdatasync costs nothing."""
    temporary = Path(tempfile.gettempdir())
    return Path("/var/tmp") if file_system_of(temporary) in _IN_MEMORY else temporary  # noqa: S108 # see above


if __name__ == "__main__":
    main()
