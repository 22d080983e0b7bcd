"""`mainstem runs`: what ran and what became of it, its logs, and how it is run again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mainstem.cli.options import project_option, system_user

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.web.orchestration import MarkState

_run_option = click.option("--run", "run_id", metavar="RUN", help="Its id; the newest where none is given.")
_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, an object a line.")


@click.group("runs")
def command() -> None:
    """See what ran, read its logs, run it again."""


@command.command("list")
@click.argument("dag_id", metavar="[DAG]", required=False)
@project_option
@click.option("--state", type=click.Choice(["queued", "running", "success", "failed"]), help="Only those.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True, help="Most of a DAG.")
@_json_option
def list_runs(project_dir: Path, dag_id: str | None, state: str | None, limit: int, as_json: bool) -> None:
    """Runs of a DAG, or of all, the newest first."""
    from mainstem.assemble.runs import open_runs
    from mainstem.cli import run_output as output

    with open_runs(project_dir, "runs") as desk:
        if dag_id is not None:
            output.known_dag(desk, dag_id)
            found = list(desk.reading.dag_runs(dag_id, limit))
        else:
            found = [run for runs in desk.reading.recent_runs(limit).values() for run in runs]
            found.sort(key=lambda run: run.queued_at, reverse=True)
        found = [run for run in found if state in (None, run.state)]
        for run in found:
            click.echo(output.as_json(run) if as_json else output.run_line(run, desk.now()))
        if not found and not as_json:
            click.echo("no run like that")


@command.command("show")
@click.argument("dag_id", metavar="DAG")
@project_option
@_run_option
@_json_option
def show(project_dir: Path, dag_id: str, run_id: str | None, as_json: bool) -> None:
    """One run: what became of each task, and why."""
    from mainstem.assemble.runs import open_runs
    from mainstem.cli import run_output as output

    with open_runs(project_dir, "runs") as desk:
        run = output.chosen_run(desk, dag_id, run_id)
        tasks = output.instances_of(desk, run)
        if as_json:
            click.echo(output.as_json({"run": run, "tasks": tasks}))
            return
        click.echo(output.run_line(run, desk.now()))
        for ti in tasks:
            click.echo(f"  {output.task_line(ti, desk.now())}")


@command.command("log")
@click.argument("dag_id", metavar="DAG")
@click.argument("task_id", metavar="TASK")
@project_option
@_run_option
@click.option(
    "--try", "try_number", type=click.IntRange(min=1), help="Its number; the newest where none is given."
)
@click.option("--follow", is_flag=True, help="Go on until the run is over.")
def log(
    project_dir: Path, dag_id: str, task_id: str, run_id: str | None, try_number: int | None, follow: bool
) -> None:
    """The log of a try, as its program wrote it."""
    from mainstem.assemble.runs import open_runs
    from mainstem.cli import run_output as output
    from mainstem.errors import UsageError

    if follow and try_number is not None:
        raise click.UsageError("--follow tells of the tries to come, too: --try does not go with it")
    with open_runs(project_dir, "runs") as desk:
        run = output.chosen_run(desk, dag_id, run_id)
        if follow:
            for task, line in output.Follower(desk, run, only=(task_id,)).follow():
                if task:
                    click.echo(line)
            return
        tries = desk.reading.tries(dag_id, run.run_id, task_id)
        numbers = [one.try_number for one in tries]
        if not numbers:
            raise UsageError(f"{task_id!r} was not tried in {run.run_id}")
        chosen = numbers[-1] if try_number is None else try_number
        kept = desk.logs.log(dag_id, run.run_id, task_id, chosen)
        if kept is None or chosen not in numbers:
            tried = ", ".join(map(str, numbers))
            raise UsageError(f"no log of try {chosen} of {task_id} is kept (it was tried: {tried})")
        at = 0
        while chunk := kept.read(at, 1 << 20):
            click.echo(chunk, nl=False)
            at += len(chunk)


@command.command("clear")
@click.argument("dag_id", metavar="DAG")
@click.argument("task_ids", metavar="[TASK]...", nargs=-1)
@project_option
@_run_option
@click.option("--upstream", is_flag=True, help="And everything before the tasks.")
@click.option(
    "--downstream/--no-downstream", default=True, show_default=True, help="And everything after them."
)
@click.option(
    "--only-failed",
    is_flag=True,
    help="Of those only what failed; without --run in the newest run that failed.",
)
@click.option("--past", is_flag=True, help="In earlier runs, too.")
@click.option("--future", is_flag=True, help="In later runs, too.")
@click.option("--dry-run", is_flag=True, help="Only say what would be cleared.")
@_json_option
def clear(
    project_dir: Path,
    dag_id: str,
    task_ids: tuple[str, ...],
    run_id: str | None,
    upstream: bool,
    downstream: bool,
    only_failed: bool,
    past: bool,
    future: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Forget what became of tasks, so that they run again; all of the run where none is named."""
    from mainstem.assemble.runs import open_runs
    from mainstem.cli import run_output as output
    from mainstem.web.orchestration import Clearing

    with open_runs(project_dir, "runs") as desk:
        if only_failed and run_id is None:
            run = output.newest_failed_run(desk, dag_id)
        else:
            run = output.chosen_run(desk, dag_id, run_id)
        output.tell_chosen(run, run_id)
        wanted = Clearing(
            dag_id,
            run.run_id,
            task_ids,
            upstream=upstream,
            downstream=downstream,
            future=future,
            past=past,
            only_failed=only_failed,
        )
        found = desk.asking.would_clear(wanted) if dry_run else desk.asking.clear(wanted, system_user())
        for ti in found:
            click.echo(output.as_json(ti) if as_json else f"{ti.run_id}  {output.task_line(ti, desk.now())}")
        if not as_json:
            click.echo(f"{len(found)} tasks {'would be' if dry_run else ''} cleared".replace("  ", " "))


@command.command("mark")
@click.argument("dag_id", metavar="DAG")
@click.argument("state", type=click.Choice(["success", "failed"]))
@click.argument("task_id", metavar="[TASK]", required=False)
@project_option
@_run_option
def mark(project_dir: Path, dag_id: str, state: MarkState, task_id: str | None, run_id: str | None) -> None:
    """Say that a task, or a run, has succeeded or failed; what runs of it is ended."""
    from mainstem.assemble.runs import open_runs
    from mainstem.cli import run_output as output

    with open_runs(project_dir, "runs") as desk:
        run = output.chosen_run(desk, dag_id, run_id)
        output.tell_chosen(run, run_id)
        desk.asking.mark(dag_id, run.run_id, task_id, state, system_user())
        click.echo(f"{task_id or dag_id} in {run.run_id}: marked {state}")
