"""`mainstem log`: read the log of accepted events. It changes nothing in it.

Events go to stdout and nothing else does: one JSON object a line, unless a person watches on a terminal.
A record that cannot be shown is named on stderr, the rest are shown, and the command ends with status 1.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from mainstem.errors import UsageError
from mainstem.events import decode_received, enriched
from mainstem.log import list_log, log_folder, open_reader, verify_log

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO

    from mainstem.log import LogReader, SegmentReport

    Place = tuple[str, int]
    Show = Callable[[Place, bytes], bytes]

READ_BYTES = 4 * 1024 * 1024
POLL_SECONDS = 0.2

_data_dir = click.option(
    "--data-dir",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder that `mainstem collect` was given.",
)
_from = click.option(
    "--from",
    "begins",
    multiple=True,
    metavar="[PARTITION:]OFFSET",
    help="Begin at this offset. Where there are several partitions, say which; may be given for each.",
)


@click.group("log", context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Read the log of accepted events."""


@command.command("tail")
@_data_dir
@_from
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, on a terminal too.")
@click.option("--follow", is_flag=True, help="Wait for more, until Ctrl-C.")
def tail(data_dir: Path, begins: tuple[str, ...], as_json: bool, follow: bool) -> None:
    """Print accepted events, enriched, up to the end of what is durable.

    One partition after another, in the order of their names; with --follow, whatever is new in each, in
    turn. A partition that no --from names begins at its start.
    """
    reader = _reader(data_dir)
    offsets = _offsets(reader, begins)
    out = sys.stdout.buffer
    show: Show = _as_json if as_json or not out.isatty() else _as_text
    try:
        sound = _print_new(reader, offsets, out, show)
        while follow:
            time.sleep(POLL_SECONDS)
            sound &= _print_new(reader, offsets, out, show)
    except BrokenPipeError:
        _discard_stdout()
        return
    except KeyboardInterrupt:
        if not follow:
            raise
        return
    if not sound:
        sys.exit(1)


@command.command("export")
@_data_dir
@_from
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def export(data_dir: Path, begins: tuple[str, ...], file: Path) -> None:
    """Write accepted events, enriched, to FILE as NDJSON. FILE is replaced when all are written."""
    reader = _reader(data_dir)
    offsets = _offsets(reader, begins)
    partial = file.with_name(file.name + ".partial")
    try:
        with partial.open("wb") as out:
            sound = _print_new(reader, offsets, out, _as_json)
        partial.replace(file)
    except OSError as e:
        raise UsageError(f"cannot write {file}: {e.strerror}") from e
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
    if not sound:
        sys.exit(1)


@command.command("list")
@_data_dir
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def list_(data_dir: Path, as_json: bool) -> None:
    """List partitions and their segments: addresses, and sizes in bytes."""
    _check_log(data_dir)
    reports = list_log(data_dir)
    if as_json:
        for report in reports:
            click.echo(_report_json(report))
        return
    rows = [("stream", "partition", "start", "end", "bytes", "file")]
    rows += [
        (r.stream, r.partition, str(r.start), str(r.end), str(r.end - r.start), Path(r.file).name)
        for r in reports
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (
            cell.rjust(width) if index in (2, 3, 4) else cell.ljust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        click.echo("  ".join(cells).rstrip())


@command.command("verify")
@_data_dir
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def verify(data_dir: Path, as_json: bool) -> None:
    """Read every segment and check every durable byte. Ends with status 1 when one is damaged."""
    _check_log(data_dir)
    reports = verify_log(data_dir)
    for report in reports:
        if as_json:
            click.echo(_report_json(report))
        else:
            count = "1 record" if report.records == 1 else f"{report.records} records"
            state = f"DAMAGED after {count}" if report.damage else count
            click.echo(f"{report.stream}/{report.partition} {report.start}..{report.end}: {state}")
    damaged = [report.damage for report in reports if report.damage]
    for damage in damaged:
        click.echo(f"mainstem: {damage}", err=True)
    if damaged:
        sys.exit(1)


def _check_log(data_dir: Path) -> None:
    if not log_folder(data_dir).is_dir():
        raise UsageError(
            f"there is no log in {data_dir}; --data-dir takes the folder `mainstem collect` was given"
        )


def _reader(data_dir: Path) -> LogReader:
    _check_log(data_dir)
    return open_reader(data_dir, "events")


def _offsets(reader: LogReader, begins: tuple[str, ...]) -> dict[str, int]:
    """Where each named partition is to begin."""
    partitions = reader.partitions()
    offsets: dict[str, int] = {}
    for begin in begins:
        partition, _, offset = begin.rpartition(":")
        if not (offset.isascii() and offset.isdigit()):
            raise UsageError(
                f"--from {begin}: an offset is a whole number, as `mainstem log list` shows them"
            )
        if not partition:
            if len(partitions) != 1:
                raise UsageError(
                    f"--from {begin}: write PARTITION:{offset}; the partitions are: "
                    + (", ".join(partitions) or "none yet")
                )
            partition = partitions[0]
        reader.end(partition)  # names the known ones if this is none
        offsets[partition] = int(offset)
    return offsets


def _print_new(reader: LogReader, offsets: dict[str, int], out: BinaryIO, show: Show) -> bool:
    """Print what is durable now and was not printed, and move `offsets` on; False if some could not be."""
    sound = True
    for partition in reader.partitions():
        begin = offsets.get(partition, reader.start(partition))
        for records, after in _batches(reader, partition, begin):
            lines = []
            for at, payload in records:
                try:
                    lines.append(show((partition, at), payload))
                except (msgspec.MsgspecError, ValueError, OverflowError, RecursionError) as e:
                    click.echo(f"mainstem: {partition}:{at}: this record is no event: {e}", err=True)
                    sound = False
            out.write(b"".join(lines))
            out.flush()
            offsets[partition] = after
    return sound


def _batches(reader: LogReader, partition: str, offset: int) -> Iterator[tuple[list[tuple[int, bytes]], int]]:
    """Up to the end as it is now, so that this ends however fast the log grows."""
    end = reader.end(partition)
    while True:
        batch = reader.read(partition, offset, READ_BYTES)
        yield batch.records, batch.next_offset
        offset = batch.next_offset
        if offset >= end:
            return


def _as_json(place: Place, payload: bytes) -> bytes:
    return msgspec.json.encode(enriched(decode_received(payload))) + b"\n"


def _as_text(place: Place, payload: bytes) -> bytes:
    record = decode_received(payload)
    event = enriched(record)
    who = f"{event.get('userId') or '-'}/{event.get('anonymousId') or '-'}"
    name = event.get("event") or event.get("name") or "-"
    cells = (
        f"{place[0]}:{place[1]}",
        record.received_at,
        record.source_id,
        event.get("type", "-"),
        name,
        who,
    )
    return ("  ".join(_printable(cell) for cell in cells) + "\n").encode()


def _printable(value: object) -> str:
    """What senders wrote must not steer the terminal."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in str(value))


def _report_json(report: SegmentReport) -> bytes:
    return msgspec.json.encode(report)


def _discard_stdout() -> None:
    """Nobody reads any more; without this the interpreter complains when it flushes stdout at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
