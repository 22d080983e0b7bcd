"""`mainstem sql`: query the warehouse, reading only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mainstem.cli.options import format_option, project_option, system_user

if TYPE_CHECKING:
    from pathlib import Path


@click.command("sql")
@click.argument("statement")
@format_option
@click.option("--published", is_flag=True, help="Read what dashboards read, the lake as it was published.")
@project_option
def command(statement: str, output_format: str, published: bool, project_dir: Path) -> None:
    """Run STATEMENT on the warehouse and print its rows.

    The lake is the default catalog: `SELECT count(*) FROM website.pages`. It is read as it is now, tested
    or not, unless --published is given.
    """
    from mainstem.assemble.query import run_sql
    from mainstem.query.formats import FORMATS

    result = run_sql(project_dir, statement, published=published, login=system_user())
    click.echo(FORMATS[output_format](result), nl=False)
