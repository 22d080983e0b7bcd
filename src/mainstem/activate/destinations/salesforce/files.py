"""Writes as files of Bulk API 2.0, and what came of their rows as writes again. Pure.

A row of a result is known by what was sent: its record's id, or its key where it was to be created. Places
are no help, since results come in an order of their own.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from mainstem.activate.contract import Refusal, Result, Trouble
from mainstem.activate.destinations.salesforce.troubles import written_out
from mainstem.activate.destinations.salesforce.values import ID, NULL, csv_row
from mainstem.errors import OutcomeUnknown
from mainstem.saas.salesforce import long_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from mainstem.activate.contract import Batch, Write
    from mainstem.activate.destinations.salesforce.describing import Described

_UNDONE = Refusal(Trouble.AGAIN, "NOT_PROCESSED", "the job ended before this row")


def refused_in_files(batch: Batch) -> dict[int, Refusal]:
    """Writes that no file can hold, by number: a text that reads `#N/A` would clear its field."""
    return {
        write.number: Refusal(Trouble.DATA, "NOT_IN_CSV", f"{NULL} is what a file clears a field by", (name,))
        for write in batch.writes
        for name, value in write.values.items()
        if value == NULL
    }


def parts(batch: Batch, found: Described, most_bytes: int) -> Iterator[tuple[list[Write], bytes]]:
    """The batch as files that are small enough, the same each time: writes of each, and its text."""
    columns = sorted({name for write in batch.writes for name in csv_row(write, found, batch.match)})
    header = _line(columns)
    writes: list[Write] = []
    lines, size = [header], len(header)
    refused = refused_in_files(batch)
    for write in batch.writes:
        if write.number in refused:
            continue
        row = csv_row(write, found, batch.match)
        line = _line([row.get(name, "") for name in columns])
        if writes and size + len(line) > most_bytes:
            yield writes, b"".join(lines)
            writes, lines, size = [], [header], len(header)
        writes.append(write)
        lines.append(line)
        size += len(line)
    if writes:
        yield writes, b"".join(lines)


def results(
    batch: Batch,
    writes: Sequence[Write],
    done: Iterable[Mapping[str, str]],
    failed: Iterable[Mapping[str, str]],
    unprocessed: Iterable[Mapping[str, str]],
    *,
    undone: Refusal = _UNDONE,
) -> list[Result]:
    """Of each write of a file. Raises OutcomeUnknown when rows are missing, or told of that were not sent."""
    waiting: dict[str, list[Write]] = {}
    for write in writes:
        waiting.setdefault(_known_by(write), []).append(write)

    def write_of(row: Mapping[str, str]) -> Write:
        known = long_id(row[ID]) if row.get(ID) else row.get(batch.match, "")
        if not waiting.get(known):
            raise OutcomeUnknown("a Bulk job tells of a row that was not sent")
        return waiting[known].pop(0)

    found = [Result(write_of(row).number, row["sf__Id"]) for row in done]
    for row in failed:
        write = write_of(row)
        found.append(Result(write.number, write.id, written_out(write, batch.match, row["sf__Error"])))
    for row in unprocessed:
        write = write_of(row)
        found.append(Result(write.number, write.id, undone))
    if len(found) != len(writes):
        raise OutcomeUnknown(f"a Bulk job told of {len(found)} of {len(writes)} rows")
    return sorted(found, key=lambda one: one.number)


def _known_by(write: Write) -> str:
    return long_id(write.id) if write.id else write.key


def _line(values: Sequence[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(values)
    return text.getvalue().encode()
