"""Memory of the web server while it makes a file of a million rows.

An explore of five columns is exported whole, over HTTP, by a client that keeps nothing: ours is by how much
the peak of resident memory rose over a server that has made a small file of each format before. The limit is
what the same rows weigh as the file itself (CSV and JSON), of which nothing is held but a few pieces; of a
workbook, which is zipped, the CSV of the same rows. What there is grows with the sort that DuckDB does of all
rows before the first, within `memory_limit`, and not with the file. Lower is better.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.export_server import SIZES, export_server
from benchmarks.figure import Figure, Outcome, Round

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.effort import Effort

MB = 1_000_000
FORMATS = ("csv", "json", "xlsx")


def measure(effort: Effort, scratch: Path) -> Outcome:
    size = min(effort.export_rows, SIZES[-1])
    size = max(one for one in SIZES if one <= max(size, SIZES[0]))
    return Outcome(
        benchmark="export-memory", figures=tuple(_figure(effort, scratch, form, size) for form in FORMATS)
    )


def _figure(effort: Effort, scratch: Path, form: str, size: int) -> Figure:
    rounds: list[Round] = []
    for number in range(effort.rounds):
        place = scratch / f"{form}-{number}"
        place.mkdir()
        with export_server(place) as server:
            grown = server.growth(size, form)
            weighs = server.export(size, "csv" if form == "xlsx" else form)
        rounds.append(Round(grown / MB, weighs / MB))
    return Figure(
        benchmark="export-memory",
        name=f"memory that an export of {size:,} rows adds, {form}",
        unit="MB",
        limit="the rows themselves as a file",
        better="lower",
        rounds=tuple(rounds),
    )
