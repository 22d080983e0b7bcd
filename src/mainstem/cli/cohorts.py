"""`mainstem cohorts`: people, accounts and servers kept under a name, counted again and listed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mainstem.cli.options import project_option

if TYPE_CHECKING:
    from pathlib import Path


@click.group("cohorts")
def command() -> None:
    """See cohorts that are kept, and count them again."""


@command.command()
@project_option
@click.pass_context
def refresh(context: click.Context, project_dir: Path) -> None:
    """Count dynamic cohorts again on what is published, and bring members into the lake.

    The DAG `cohorts` does so after each publication. Ends with 1 when one could not be counted; its members
    stay as they were.
    """
    from mainstem.assemble.cohorts import refresh_cohorts

    lines, failed = refresh_cohorts(project_dir)
    for line in lines:
        click.echo(line)
    context.exit(1 if failed else 0)


@command.command("list")
@project_option
def list_(project_dir: Path) -> None:
    """List cohorts: name, how many of which unit, when they were counted, whose it is."""
    from mainstem.assemble.cohorts import list_cohorts

    kept = list_cohorts(project_dir)
    if not kept:
        click.echo("no cohorts yet; build one at /cohorts/new")
    for one in kept:
        counted = f"{one.as_of:%Y-%m-%d %H:%M}" if one.as_of else "never"
        kind = "dynamic" if one.is_dynamic else "static"
        size = "–" if one.size is None else f"{one.size:,}"
        click.echo(f"{one.name:<40}  {size:>9} {one.unit:<10} {kind:<8} {counted}  {one.owner}")
        if one.problem:
            click.echo(f"    not counted: {one.problem}")
