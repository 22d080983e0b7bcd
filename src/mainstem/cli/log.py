"""`mainstem log`: read the log of accepted events, and delete what it no longer keeps.

Events go to stdout and nothing else does: one JSON object a line, unless a person watches on a terminal.
A record that cannot be shown is named on stderr, the rest are shown, and the command ends with status 1.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from mainstem.assemble.log import clean_project_log, open_log, project_places, remote_partitions
from mainstem.cli.log_events import as_json_line, as_text_line, last_offsets, offsets_of, print_new
from mainstem.cli.options import project_option
from mainstem.config import Secret
from mainstem.errors import LogUnavailable, UsageError
from mainstem.log import list_log, log_folder, open_reader, verify_log
from mainstem.log.verify import list_segments, verify_segments

if TYPE_CHECKING:
    from collections.abc import Callable

    from mainstem.log import LogReader, SegmentReport, Stream, StreamReport
    from mainstem.log.reader import SegmentReader

    Reports = list[SegmentReport]
    Partition = tuple[SegmentReader, Stream, str]

POLL_SECONDS = 0.2

_data_dir = click.option(
    "--data-dir",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder that `mainstem collect` was given; left out, that of the project.",
)
_gateways = click.option(
    "--gateway",
    "gateways",
    multiple=True,
    metavar="URL",
    help="The internal port of a gateway, to read its log from there. May be given several times.",
)
_token = click.option(
    "--token",
    envvar="MAINSTEM_LOG_TOKEN",
    metavar="REFERENCE",
    help="What those gateways ask for, best as `env:NAME` or `file:PATH`; by default MAINSTEM_LOG_TOKEN.",
)
_from = click.option(
    "--from",
    "begins",
    multiple=True,
    metavar="[PARTITION:]OFFSET",
    help="Begin at this offset. Where there are several partitions, say which; may be given for each.",
)


@dataclass(frozen=True)
class Logs:
    """Which logs a command is about."""

    data_dir: Path | None
    gateways: tuple[str, ...]
    token: Secret | None

    def events(self) -> LogReader:
        """Raises UsageError where there is none, LogUnavailable for a gateway that does not answer."""
        if not self.gateways and self.data_dir is not None:
            return open_reader(self.data_dir, "events")
        log = open_log(self.data_dir, "events", self.gateways, self.token)
        log.partitions()
        if log.unreached:
            raise LogUnavailable("; ".join(log.unreached))
        return log

    def listed(self) -> Reports:
        return self.segments(list_log, lambda place: list_segments(*place))

    def segments(self, local: Callable[[Path], Reports], remote: Callable[[Partition], Reports]) -> Reports:
        """What `local` says of the log in the folder, and `remote` of each partition of the gateways."""
        found = [] if self.data_dir is None else local(self.data_dir)
        for url in self.gateways:
            for place in remote_partitions(url, self.token):
                found += remote(place)
        return found


def _logs(call: Callable[..., None]) -> Callable[..., None]:
    """The options that say which logs, as one argument of `call`."""

    @wraps(call)
    def wrapped(
        data_dir: Path | None,
        gateways: tuple[str, ...],
        token: str | None,
        project_dir: Path,
        **others: object,
    ) -> None:
        if data_dir is None and not gateways:
            call(Logs(*project_places(project_dir)), **others)
            return
        if data_dir is not None and not log_folder(data_dir).is_dir():
            raise UsageError(
                f"there is no log in {data_dir}; --data-dir takes the folder `mainstem collect` was given"
            )
        try:
            secret = None if token is None else Secret.resolve(token)
        except ValueError as e:
            raise UsageError(f"--token: {e}") from e
        call(Logs(data_dir, gateways, secret), **others)

    return project_option(_data_dir(_gateways(_token(wrapped))))


@click.group("log", context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Read the log of accepted events."""


@command.command("tail")
@_logs
@_from
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, on a terminal too.")
@click.option("--follow", is_flag=True, help="Wait for more, until Ctrl-C.")
@click.option(
    "--last",
    type=click.IntRange(0),
    metavar="N",
    help="Begin with the last N events of each partition; 0 with --follow: only what is new.",
)
def tail(logs: Logs, begins: tuple[str, ...], as_json: bool, follow: bool, last: int | None) -> None:
    """Print accepted events, enriched, up to the end of what is durable.

    One partition after another, in the order of their names; with --follow, whatever is new in each, in
    turn. A partition that no --from names begins at its start, which may be gigabytes ago, or as --last says.
    """
    reader = logs.events()
    offsets = offsets_of(reader, begins)
    if last is not None:
        offsets = {**last_offsets(logs.listed, reader, last, frozenset(offsets)), **offsets}
    out = sys.stdout.buffer
    show = as_json_line if as_json or not out.isatty() else as_text_line
    try:
        sound = print_new(reader, offsets, out, show)
        while follow:
            time.sleep(POLL_SECONDS)
            sound &= print_new(reader, offsets, out, show)
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
@_logs
@_from
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def export(logs: Logs, begins: tuple[str, ...], file: Path) -> None:
    """Write accepted events, enriched, to FILE as NDJSON. FILE is replaced when all are written."""
    reader = logs.events()
    offsets = offsets_of(reader, begins)
    partial = file.with_name(file.name + ".partial")
    try:
        with partial.open("wb") as out:
            sound = print_new(reader, offsets, out, as_json_line)
        partial.replace(file)
    except OSError as e:
        raise UsageError(f"cannot write {file}: {e.strerror}") from e
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
    if not sound:
        sys.exit(1)


@command.command("list")
@_logs
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def list_(logs: Logs, as_json: bool) -> None:
    """List partitions and their segments: addresses, and sizes in bytes."""
    reports = logs.listed()
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
@_logs
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def verify(logs: Logs, as_json: bool) -> None:
    """Read every segment and check every durable byte. Ends with status 1 when one is damaged."""
    reports = logs.segments(verify_log, lambda place: verify_segments(*place))
    for report in reports:
        if as_json:
            click.echo(_report_json(report))
        else:
            count = "1 record" if report.records == 1 else f"{report.records} records"
            state = f"DAMAGED after {count}" if report.damage else count
            click.echo(f"{report.stream}/{report.partition} {report.start}..{report.end}: {state}")
    _end_on([report.damage for report in reports if report.damage])


@command.command("clean")
@_data_dir
@project_option
@click.option("--dry-run", is_flag=True, help="Only say what would be deleted.")
def clean(data_dir: Path | None, project_dir: Path, dry_run: bool) -> None:
    """Delete what `[log]` of the project no longer keeps. A running gateway does it by itself.

    Whole segment files go, of events only such as are loaded; with --data-dir, of a log that is not the
    project's own. It may run beside a gateway. A damaged partition is left alone, and ends it with status 1.
    """
    reports = clean_project_log(project_dir, data_dir, dry_run=dry_run)
    for report in reports:
        if report.deletions or report.kept_bytes:
            click.echo(_clean_line(report, "would delete" if dry_run else "deleted"))
    _end_on([damage for report in reports for damage in report.damage])


def _end_on(damages: list[str]) -> None:
    """Tell of them, and end with status 1 where there are any."""
    for damage in damages:
        click.echo(f"mainstem: {damage}", err=True)
    if damages:
        sys.exit(1)


def _clean_line(report: StreamReport, did: str) -> str:
    count = len(report.deletions)
    size = sum(one.size for one in report.deletions)
    text = f"{report.stream}: {did} {count} segment{'' if count == 1 else 's'} ({size} bytes)"
    text += f", {report.kept_bytes} bytes are kept"
    if report.held_bytes:
        text += f"; {report.held_bytes} of them only because they are not loaded yet"
    return text


def _report_json(report: SegmentReport) -> bytes:
    return msgspec.json.encode(report)


def _discard_stdout() -> None:
    """Nobody reads any more; without this the interpreter complains when it flushes stdout at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
