"""`mainstem retention`: delete rows of event tables that settings no longer keep."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import msgspec

from mainstem.cli.options import project_option

if TYPE_CHECKING:
    from pathlib import Path


@click.command("retention")
@project_option
@click.option("--dry-run", is_flag=True, help="Only count what would be deleted.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object: rows by table.")
def command(project_dir: Path, dry_run: bool, as_json: bool) -> None:
    """Delete rows of event tables that a `[[retention]]` rule keeps no longer; upkeep does it every hour."""
    from mainstem.assemble.project import open_project
    from mainstem.assemble.retention import apply_retention

    rows = apply_retention(open_project(project_dir), dry_run=dry_run)
    if as_json:
        click.echo(msgspec.json.encode(rows))
        return
    for table, count in sorted(rows.items()):
        click.echo(f"{count:>12,}  {table}")
    verb = "would be deleted" if dry_run else "deleted"
    click.echo(f"{sum(rows.values()):,} rows of {len(rows)} tables {verb}")
