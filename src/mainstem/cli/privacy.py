"""`mainstem privacy`: see what rules do, look for personal data, make keys and pseudonyms.

What is looked for is never shown: finds are counted by place, and values appear only with --show-values.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from mainstem.cli.options import project_option
from mainstem.cli.privacy_erase import erase
from mainstem.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mainstem.privacy import PseudonymKeys

_MOST_EARLIER = 20

_json = click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")


@click.group("privacy", context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """See what privacy rules do, look for personal data, make pseudonyms."""


command.add_command(erase)


@command.command("preview")
@project_option
@click.option("--source", "source_id", required=True, metavar="ID", help="Whose events to look at.")
@click.option("--profile", "profile_name", metavar="NAME", help="Rules to try; the source's own by default.")
@click.option(
    "--last", type=click.IntRange(1), default=1000, show_default=True, help="So many of its last events."
)
@click.option("--show-values", is_flag=True, help="Show values as they are, rather than their shape.")
@_json
def preview(
    project_dir: Path, source_id: str, profile_name: str | None, last: int, show_values: bool, as_json: bool
) -> None:
    """Show what a profile would do to recent events. It changes nothing.

    The events are those in the log, as the rules of their day left them.
    """
    from mainstem.assemble.privacy import preview_privacy
    from mainstem.assemble.project import open_project

    found = preview_privacy(open_project(project_dir), source_id, profile_name, last, values=show_values)
    if as_json:
        click.echo(msgspec.json.encode(found))
        return
    click.echo(f"profile {found.profile}: {found.changed:,} of {found.events:,} events would be changed")
    for reason, count in found.not_kept.items():
        click.echo(f"{count:,} would not be kept at all: {reason}")
    rows = [
        (c.path, c.outcome, f"{c.count:,}", c.before, "" if c.after is None else c.after)
        for c in found.changes
    ]
    _print_table(("path", "outcome", "events", "before", "after"), rows)
    if found.earlier:
        click.echo("\nBefore these events were kept, rules had already, for good:")
        for deed, count in list(found.earlier.items())[:_MOST_EARLIER]:
            click.echo(f"  {_printable(deed)}  {count:,}")
        if len(found.earlier) > _MOST_EARLIER:
            click.echo(f"  and {len(found.earlier) - _MOST_EARLIER} more; --json has them all")


@command.command("scan")
@project_option
@click.option("--source", "source_id", metavar="ID", help="Only this source's events.")
@click.option(
    "--last", type=click.IntRange(1), default=10_000, show_default=True, help="So many of the last events."
)
@_json
@click.argument("file", required=False, type=click.Path(path_type=Path, allow_dash=True, exists=True))
def scan(project_dir: Path, source_id: str | None, last: int, as_json: bool, file: Path | None) -> None:
    """Count what looks like personal data or a secret in recent events, by place. No value is printed.

    With FILE (`-` for stdin) it looks through that instead: one JSON value a line.
    """
    from mainstem.privacy.scan import Scan

    found = Scan()
    if file is not None:
        for line in _lines(file):
            try:
                found.add("-" if str(file) == "-" else file.name, msgspec.json.decode(line))
            except (msgspec.DecodeError, RecursionError):
                raise UsageError(f"line {found.events + 1} of {file} is no JSON") from None
    else:
        from mainstem.assemble.privacy import recent_events
        from mainstem.assemble.project import open_project

        for record, event in recent_events(open_project(project_dir).data_dir, source_id, last):
            found.add(record.source_id, event)
    if as_json:
        click.echo(msgspec.json.encode({"events": found.events, "found": found.found()}))
        return
    total = sum(one.count for one in found.found())
    click.echo(f"{total:,} finds in {found.events:,} events")
    rows = [(one.source, one.event, one.path, one.detector, f"{one.count:,}") for one in found.found()]
    _print_table(("source", "event", "path", "looks like", "finds"), rows)


@command.command("pseudonym")
@project_option
@click.option("--all", "every", is_flag=True, help="Under every key, the oldest first.")
@click.argument("value", required=False)
def pseudonym_(project_dir: Path, every: bool, value: str | None) -> None:
    """Print the pseudonym of VALUE, or of each line of stdin: what the warehouse has in its place.

    stdin keeps the value out of the shell's history.
    """
    from mainstem.privacy import pseudonym, pseudonyms

    keys = _keys(project_dir)
    for one in [value] if value is not None else _stdin_lines():
        for made in pseudonyms(keys, one).values() if every else [pseudonym(keys, one)]:
            click.echo(made)


@command.command("mapping")
@project_option
@click.option("--column", metavar="NAME", help="stdin is CSV with a header: take this column.")
@click.option("--field", metavar="NAME", help="stdin is one JSON object a line: take this field.")
def mapping(project_dir: Path, column: str | None, field: str | None) -> None:
    """Print old,new pseudonyms as CSV for the values on stdin, one a line, so that data made with an older
    key can be joined, or rewritten. No value is printed.
    """
    from mainstem.privacy import pseudonyms

    if column is not None and field is not None:
        raise UsageError("--column is for CSV and --field for JSON lines: give one of them")
    keys = _keys(project_dir)
    if len(keys.keys) == 1:
        raise UsageError("there is one key only, and so nothing to map: see [privacy.keys]")
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(("old", "new"))
    for value in _values(column, field):
        made = pseudonyms(keys, value)
        new = made.pop(keys.current)
        out.writerows((old, new) for old in made.values())


@command.command("key")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def key(file: Path) -> None:
    """Make a new key for pseudonyms in FILE, which only you may read. It replaces none."""
    from mainstem.assemble.privacy import write_key

    write_key(file)
    click.echo(f'wrote {file}\nUse it in mainstem.toml: key = "file:{file}" under [privacy]. Keep a copy.')


def _keys(project_dir: Path) -> PseudonymKeys:
    from mainstem.assemble.privacy import pseudonym_keys
    from mainstem.assemble.project import open_project
    from mainstem.privacy import PrivacySettings

    config = open_project(project_dir).config
    keys = pseudonym_keys(config, config.section("privacy", PrivacySettings))
    if keys is None:
        raise UsageError(
            f"{config.file} has no key for pseudonyms; `mainstem privacy key privacy.key` makes one, and "
            'key = "file:privacy.key" under [privacy] uses it'
        )
    return keys


def _values(column: str | None, field: str | None) -> Iterator[str]:
    if column is not None:
        yield from _csv_values(column)
    elif field is not None:
        for number, line in enumerate(_stdin_lines(), 1):
            value = _json_value(line, field, number)
            if value not in (None, ""):
                yield value
    else:
        yield from _stdin_lines()


def _csv_values(column: str) -> Iterator[str]:
    rows = csv.DictReader(iter(sys.stdin.readline, ""))
    if column not in (rows.fieldnames or ()):
        raise UsageError(
            f"stdin has no column {column!r} (valid: {', '.join(rows.fieldnames or ()) or 'none'})"
        )
    for row in rows:
        if row[column]:
            yield row[column]


def _json_value(line: str, field: str, number: int) -> Any:
    try:
        found = msgspec.json.decode(line)
    except (msgspec.DecodeError, RecursionError):
        raise UsageError(f"line {number} of stdin is no JSON") from None
    value = found.get(field) if isinstance(found, dict) else None
    return value if isinstance(value, (str, int, float)) and not isinstance(value, bool) else None


def _stdin_lines() -> Iterator[str]:
    for line in iter(sys.stdin.readline, ""):
        if line.strip():
            yield line.strip()


def _lines(file: Path) -> Iterator[bytes]:
    with click.open_file(str(file), "rb") as lines:
        yield from (line for line in lines if line.strip())


def _printable(text: str) -> str:
    """What senders wrote must not steer the terminal."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def _print_table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    rows = list(rows)
    if not rows:
        return
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    for row in (header, *rows):
        cells = (
            cell.rjust(width) if name in ("events", "finds") else cell.ljust(width)
            for name, cell, width in zip(header, row, widths, strict=True)
        )
        click.echo("  ".join(cells).rstrip())
