"""`mainstem publish`: what readers are shown, how it came about, and the way back."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from mainstem.cli.options import project_option, system_user, task_run

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from mainstem.transform.publishing import Build, History, Publication, Standing

_THIS = "\0"
"""What `--of` without a run stands for."""
_PREVIOUS = -1
"""What `--rollback` without a number stands for."""


@click.command("publish")
@project_option
@click.option(
    "--rollback",
    "to",
    type=click.IntRange(min=_PREVIOUS),
    is_flag=False,
    flag_value=_PREVIOUS,
    metavar="[BUILD]",
    help="Show readers build BUILD again; the one published before the current when no number is given.",
)
@click.option("--hold", is_flag=True, help="With --rollback: keep later builds from being published.")
@click.option("--release", is_flag=True, help="End a hold: publish the newest build that passed.")
@click.option(
    "--of",
    "run",
    is_flag=False,
    flag_value=_THIS,
    metavar="[RUN]",
    help="Publish what the builds of RUN made together; the run whose task this is when none is named.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    project_dir: Path, to: int | None, hold: bool, release: bool, run: str | None, as_json: bool
) -> None:
    """Show what dashboards read and the history of publications, or go back.

    A build of the whole project whose tests pass is published by itself. After a rollback the next such
    build is published again, unless --hold was given. With --of, several builds are published that together
    built and tested the whole project; it exits 1 and names every model and test that stands against it, and
    99 while somebody holds an earlier build.
    """
    from mainstem.assemble.project import open_project
    from mainstem.assemble.publishing import open_publisher

    if sum((release, to is not None, run is not None)) > 1:
        raise click.UsageError("--release, --rollback and --of cannot be given together")
    if hold and to is None:
        raise click.UsageError("--hold goes with --rollback")
    if run is not None:
        _publish_run(project_dir, task_run() if run == _THIS else run)
        return
    with open_publisher(open_project(project_dir), "publish") as publisher:
        if release:
            publisher.release(system_user())
        elif to is not None:
            publisher.roll_back(None if to == _PREVIOUS else to, system_user(), hold=hold)
        standing, history = publisher.standing(), publisher.history()
    click.echo(_json(standing, history) if as_json else _text(standing, history))


def _publish_run(project_dir: Path, run: str) -> None:
    from mainstem.assemble.project import open_project
    from mainstem.assemble.publishing import open_publisher
    from mainstem.transform.tasks import HELD

    if not run:
        raise click.UsageError("--of names a run, outside of one: `mainstem publish --of RUN`")
    with open_publisher(open_project(project_dir), "publish") as publisher:
        decision = publisher.publish_run(run, system_user())
    click.echo(f"run {run}: {decision.sentence}")
    if decision.is_held:
        sys.exit(HELD)


def _json(standing: Standing, history: History) -> str:
    import msgspec

    content = {
        "current": standing.current,
        "failed": standing.failed,
        "publications": history.publications,
        "builds": history.builds,
        "returnable": sorted(history.returnable),
    }
    return msgspec.json.format(msgspec.json.encode(content), indent=2).decode()


def _text(standing: Standing, history: History) -> str:
    lines = [_current(standing.current)]
    if standing.failed is not None:
        lines += ["", f"build {standing.failed.id} failed at {_at(standing.failed.finished_at)}:"]
        lines += [f"  {failure}" for failure in standing.failed.failures]
    if history.publications:
        lines += ["", "publications"]
        lines += [f"  {_publication(publication)}" for publication in history.publications]
    if history.builds:
        lines += ["", "builds"]
        lines += [f"  {_build(build)}" for build in history.builds]
    return "\n".join(lines)


def _current(current: Publication | None) -> str:
    if current is None:
        return "nothing has been published yet; run `mainstem build`"
    held = "; later builds are held back (end it with --release)" if current.hold else ""
    return f"published: build {current.build_id}, since {_at(current.published_at)}{held}"


def _publication(publication: Publication) -> str:
    how = {"build": "passed", "rollback": "went back", "release": "ended the hold"}[publication.reason]
    by = "" if publication.reason == "build" else f" by {publication.published_by}"
    held = ", held" if publication.hold else ""
    return (
        f"{_at(publication.published_at)}  build {publication.build_id:<5} {how}{by}{held}  "
        f"snapshot {publication.snapshot}"
    )


def _build(build: Build) -> str:
    if build.success is None:
        outcome = "has not ended"
    else:
        counts = f"{build.models} models, {build.tests} tests, {len(build.failures)} failures"
        outcome = f"{counts}; {build.consequence}"
    return f"{build.id:<5} {_at(build.started_at)}  {' '.join(build.command)} ({build.asked_by}): {outcome}"


def _at(moment: datetime | None) -> str:
    from datetime import UTC

    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if moment else "?"
