"""`mainstem backup`: all that a project keeps, copied while it runs."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from mainstem.cli.options import project_option
from mainstem.cli.progress import Progress

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.operate.backup import BackupReport, Manifest


@click.command("backup")
@click.argument("place")
@click.option("--check", is_flag=True, help="Read a backup in PLACE back, every byte, and make none.")
@click.option("--list", "as_list", is_flag=True, help="List the backups in PLACE, and make none.")
@click.option("--at", "backup_id", metavar="ID", help="With --check: which backup, the newest by default.")
@click.option("--with-secrets", is_flag=True, help="Keep keys too: whoever reads the backup then has them.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@project_option
def command(
    place: str,
    check: bool,
    as_list: bool,
    backup_id: str | None,
    with_secrets: bool,
    as_json: bool,
    project_dir: Path,
) -> None:
    """Copy the lake, its catalog, the log, users and content, and the project to PLACE.

    PLACE is a folder or s3://bucket/prefix, and may hold earlier backups: files that it has are not copied
    again. Everything goes on meanwhile. `mainstem restore` brings a backup back.
    """
    from mainstem.assemble.backup import check_backups, list_backups, make_backup

    if as_list:
        click.echo("\n".join(map(_line, list_backups(place))) or f"there is no backup in {place}")
    elif check:
        with Progress("reading the backup") as progress:
            manifest, problems = check_backups(place, backup_id, progress.tell)
        click.echo(_line(manifest))
        for problem in problems:
            click.echo(f"mainstem: {problem}", err=True)
        if problems:
            sys.exit(1)
        click.echo("every file is whole")
    else:
        with Progress("copying") as progress:
            report = make_backup(
                project_dir, place, lambda done: progress.say(_size(done)), with_secrets=with_secrets
            )
        click.echo(_json(report) if as_json else _text(report, place))


def _json(report: BackupReport) -> str:
    import msgspec

    return msgspec.json.format(msgspec.json.encode(report), indent=2).decode()


def _text(report: BackupReport, place: str) -> str:
    lines = [
        f"backup {report.id} is in {place}: {report.files:,} files, {_size(report.bytes)}; "
        f"{report.copied_files:,} of them new, {_size(report.copied_bytes)}"
    ]
    if report.left_out:
        lines.append(
            "left out, because they hold secrets (--with-secrets keeps them): " + ", ".join(report.left_out)
        )
    return "\n".join(lines)


def _line(manifest: Manifest) -> str:
    files = manifest.files
    size = _size(sum(file.size for file in files))
    return (
        f"{manifest.id}  {manifest.made_at}  {len(files):,} files  {size}  lake snapshot {manifest.snapshot}"
    )


def _size(count: int) -> str:
    size, unit = float(count), "B"
    for unit in ("B", "KiB", "MiB", "GiB"):
        if size < 1024 or unit == "GiB":
            break
        size /= 1024
    return f"{size:,.0f} {unit}" if unit == "B" else f"{size:,.1f} {unit}"
