"""`mainstem privacy erase`: take a person out of everything that is kept."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from mainstem.cli.options import project_option, system_user
from mainstem.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mainstem.assemble.erase import Preview
    from mainstem.operate.erase import Report


@click.command("erase")
@project_option
@click.option("--user-id", "user_ids", multiple=True, metavar="ID", help="A user id; may be given again.")
@click.option("--anonymous-id", "anonymous_ids", multiple=True, metavar="ID", help="An anonymous id.")
@click.option("--email", "emails", multiple=True, metavar="ADDRESS", help="An e-mail address.")
@click.option(
    "--file",
    "files",
    multiple=True,
    type=click.Path(path_type=Path, allow_dash=True, exists=True, dir_okay=False),
    help="Ids and addresses, one a line; `-` for stdin. They are one person.",
)
@click.option("--dry-run", is_flag=True, help="Show whom and what it would erase, and change nothing.")
@click.option("--verify", is_flag=True, help="Only look where these ids still stand.")
@click.option("--yes", is_flag=True, help="Do not ask first.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")
def erase(
    project_dir: Path,
    user_ids: tuple[str, ...],
    anonymous_ids: tuple[str, ...],
    emails: tuple[str, ...],
    files: tuple[Path, ...],
    dry_run: bool,
    verify: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Erase a person from log, archive, quarantine, tables, snapshots and records, for good.

    Later retries and replays of their events are kept out. Killed or failed anywhere, run it again with the
    same ids: it goes on. Status 1 when something could not be done, or an id still stands somewhere.
    """
    from mainstem.assemble.erase import erase_person, preview_erasure, verify_erasure
    from mainstem.assemble.project import open_project

    project = open_project(project_dir)
    values = (*user_ids, *anonymous_ids, *emails, *(line for file in files for line in _lines(file)))
    if dry_run and verify:
        raise UsageError("--dry-run and --verify are two questions: ask one")
    if dry_run:
        _show_preview(preview_erasure(project, values), as_json)
        return
    if verify:
        _end(verify_erasure(project, values), as_json)
        return
    if not yes:
        click.confirm("This cannot be undone. Erase (--dry-run shows what)?", abort=True, err=True)
    report = erase_person(
        project,
        values,
        system_user(),
        lambda step: click.echo(f"… {step}", err=True) if not as_json else None,
    )
    _show_report(report, as_json)
    if report.failed or report.left:
        click.get_current_context().exit(1)


def _show_preview(found: Preview, as_json: bool) -> None:
    if as_json:
        click.echo(msgspec.json.encode(found))
        return
    click.echo("ids (every event and row that names one):")
    for one in found.ids:
        click.echo(f"  {one}")
    click.echo("linked anonymous ids (where no other user is named):")
    for one in found.found or ("none",):
        click.echo(f"  {one}")
    for title, counts in (("records", found.records), ("rows", found.rows)):
        click.echo(f"{title}: {sum(counts.values()):,}")
        for name, count in sorted(counts.items()):
            click.echo(f"  {count:>9,}  {name}")


def _show_report(report: Report, as_json: bool) -> None:
    if as_json:
        said = {"complete": report.is_complete, "done": report.done}
        click.echo(msgspec.json.encode({**said, "failed": report.failed, "left": report.left}))
        return
    for step, counts in report.done.items():
        told = ", ".join(f"{count:,} {name}" for name, count in counts.items() if count) or "nothing"
        click.echo(f"{step}: {told}")
    for step, why in report.failed.items():
        click.echo(f"{step}: NOT DONE: {why}")
    _show_left(report.left)
    click.echo("complete" if report.is_complete else "not complete: run the same command again")


def _end(left: Mapping[str, int], as_json: bool) -> None:
    if as_json:
        click.echo(msgspec.json.encode({"left": left}))
    else:
        _show_left(left)
        click.echo("found nowhere" if not left else f"found in {len(left)} places")
    if left:
        click.get_current_context().exit(1)


def _show_left(left: Mapping[str, int]) -> None:
    for place, count in sorted(left.items()):
        click.echo(f"still stands in {place}: {count:,}")


def _lines(file: Path) -> list[str]:
    with click.open_file(str(file), encoding="utf-8") as lines:
        return [line.strip() for line in lines if line.strip() and not line.startswith("#")]
