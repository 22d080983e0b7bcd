"""`mainstem build`: dbt, safely, in the worker."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mainstem.cli.options import project_option, system_user
from mainstem.errors import BuildFailed

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.transform import Event


@click.command("build", context_settings={"ignore_unknown_options": True})
@project_option
@click.argument("dbt_args", nargs=-1, type=click.UNPROCESSED)
def command(project_dir: Path, dbt_args: tuple[str, ...]) -> None:
    """Build and test the project's dbt models; when all of them pass, publish them to dashboards.

    DBT_ARGS are options of `dbt build`: `mainstem build --select fct_daily_site_visitors+`. A build of a
    part of the project publishes nothing. Exits 1 when a model or a test failed.
    """
    from mainstem.assemble.project import open_project
    from mainstem.transform.client import build
    from mainstem.transform.settings import socket_path

    socket = socket_path(open_project(project_dir).data_dir)
    outcome = build(socket, dbt_args, _show, asked_by=system_user())
    click.echo(f"{outcome.models} models built, {outcome.tests} tests run, {len(outcome.failures)} failures")
    if outcome.build is not None:
        click.echo(f"build {outcome.build}: {outcome.consequence}")
    if not outcome.success:
        raise BuildFailed(outcome.failures)


def _show(event: Event) -> None:
    from mainstem.transform import NodeDone, Note, Queued

    match event:
        case Queued(ahead) if ahead:
            click.echo(f"waiting for {ahead} earlier run{'s' if ahead > 1 else ''}")
        case NodeDone(node, kind, status, seconds):
            click.echo(f"{status:<8} {kind:<9} {node}  {seconds:.2f} s")
        case Note(text):
            click.echo(text)
        case _:
            pass
