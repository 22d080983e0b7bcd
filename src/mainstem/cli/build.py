"""`mainstem build`: dbt, safely, in the worker."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mainstem.cli.options import project_option, system_user, task_run
from mainstem.errors import BuildFailed, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.assemble.project import Project
    from mainstem.transform import Event, Finished, Request


@click.command("build", context_settings={"ignore_unknown_options": True})
@project_option
@click.option(
    "--of",
    "run",
    metavar="RUN",
    default=task_run,
    show_default="the run whose task this is",
    help="Count as a part of RUN: `mainstem publish --of RUN` shows readers all of its builds together.",
)
@click.option("--group", metavar="NAME", help="Build a group of models, as a task of `transform` does.")
@click.option("--rest", is_flag=True, help="Build and test what the builds of RUN have left, or made stale.")
@click.argument("dbt_args", nargs=-1, type=click.UNPROCESSED)
def command(project_dir: Path, run: str, group: str | None, rest: bool, dbt_args: tuple[str, ...]) -> None:
    """Build and test the project's dbt models; when all of them pass, publish them to dashboards.

    DBT_ARGS are options of `dbt build`: `mainstem build --select fct_daily_site_visitors+`. A build of a
    part of the project publishes nothing. Exits 1 when a model or a test failed.
    """
    from mainstem.assemble.project import open_project
    from mainstem.transform import Request

    project = open_project(project_dir)
    if rest and (group or dbt_args):
        raise click.UsageError("--rest selects by itself: no --group or option of dbt goes with it")
    asked: tuple[str, ...] = ()
    if group:
        asked = ("--group", group, *dbt_args)
        dbt_args = (*_group(project, group), *dbt_args)
    if rest:
        left = _left(project, run)
        if not left:
            click.echo(f"every model and test is up to date in {run}")
            return
        asked = ("--rest",)
        dbt_args = ("--indirect-selection", "empty", "--select", *left)
    outcome = _built(project, Request(("build", *dbt_args), system_user(), run, asked))
    click.echo(f"{outcome.models} models built, {outcome.tests} tests run, {len(outcome.failures)} failures")
    if outcome.build is not None:
        click.echo(f"build {outcome.build}: {outcome.consequence}")
    if not outcome.success:
        raise BuildFailed(outcome.failures)


def _built(project: Project, request: Request) -> Finished:
    from mainstem.transform.settings import TransformSettings, socket_path

    if project.config.section("transform", TransformSettings).worker:
        from mainstem.transform.client import ask

        return ask(socket_path(project.data_dir), request, _show)
    from mainstem.assemble.transform import build_alone

    return build_alone(project, request, _show)


def _group(project: Project, name: str) -> tuple[str, ...]:
    from mainstem.transform.settings import TransformSettings
    from mainstem.transform.tasks import groups_of

    settings = project.config.section("transform", TransformSettings)
    found = {group.name: group for group in groups_of(project.config.path(settings.project_dir), settings)}
    if name not in found:
        raise UsageError(f"there is no group of models {name!r} (valid: {', '.join(found)})")
    return found[name].arguments


def _left(project: Project, run: str) -> list[str]:
    from mainstem.assemble.publishing import open_publisher

    if not run:
        raise click.UsageError("--rest is of a run: name it with --of RUN")
    with open_publisher(project, "build") as publisher:
        return publisher.stale_of(run)


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
