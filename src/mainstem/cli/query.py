"""`mainstem query`: ask an explore of the project, and print what the warehouse answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from mainstem.cli.options import format_option, project_option, system_user
from mainstem.cli.request_options import attributes_from, request_from, request_options


@click.command("query")
@click.argument(
    "lookml_dir", metavar="[DIR]", required=False, type=click.Path(path_type=Path, file_okay=False)
)
@request_options
@format_option
@project_option
def command(
    lookml_dir: Path | None,
    output_format: str,
    project_dir: Path,
    user_attributes: tuple[str, ...],
    query: str | None,
    **asked: Any,
) -> None:
    """Run one query against an explore of the project, or of the LookML in DIR."""
    # Deferred: opening the warehouse imports duckdb and pyarrow, which help should not pay.
    from mainstem.assemble.query import open_explorer
    from mainstem.query.formats import FORMATS
    from mainstem.query.queries import beginning_with

    request = request_from(**asked, named=query is not None)
    given = attributes_from(user_attributes)
    with open_explorer(project_dir, lookml_dir, system_user(), given) as explorer:
        result = explorer.run(beginning_with(explorer.project, request, query) if query else request)
    for warning in result.warnings:
        click.echo(f"warning: {warning}", err=True)
    click.echo(FORMATS[output_format](result), nl=False)
