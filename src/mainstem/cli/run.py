"""`mainstem run`: run a DAG now, or some of its tasks again, and follow it to its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mainstem.cli.moment import Moment
from mainstem.cli.options import project_option, system_user

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from mainstem.web.orchestration import OrchestrationDesk


@click.command("run")
@click.argument("names", metavar="[DAG] [TASK]...", nargs=-1, required=True)
@project_option
@click.option("--logical-date", type=Moment(), help="What the run is for; now where none is given.")
@click.option("--downstream", is_flag=True, help="With tasks: what comes after them, too.")
@click.option("--detach", is_flag=True, help="Ask for it and end; do not follow.")
@click.option("--json", "as_json", is_flag=True, help="Print the run and its tasks as JSON once it is over.")
@click.pass_context
def command(
    context: click.Context,
    project_dir: Path,
    names: tuple[str, ...],
    logical_date: datetime | None,
    downstream: bool,
    detach: bool,
    as_json: bool,
) -> None:
    """Run a DAG, and follow what its tasks write until it is over.

    With tasks, those are cleared in the DAG's newest run and run again; a task that only one DAG has needs no
    DAG before it. Ends with 0 when the run has succeeded, else with 1. It is the runner that runs it: ending
    this command does not end the run.
    """
    from mainstem.assemble.runs import open_runs
    from mainstem.cli import run_output as output
    from mainstem.web.orchestration import Clearing

    with open_runs(project_dir, "run") as desk:
        dag_id, tasks = _meant(desk, names)
        known = output.known_dag(desk, dag_id)
        if tasks:
            if logical_date is not None:
                raise click.UsageError(
                    "tasks are run again in the newest run: --logical-date goes with a DAG alone"
                )
            run = output.chosen_run(desk, dag_id, None)
            follower = output.Follower(desk, run, only=() if downstream else tasks)
            follower.skip()
            cleared = desk.asking.clear(
                Clearing(dag_id, run.run_id, tasks, downstream=downstream), system_user()
            )
            click.echo(f"{dag_id} {run.run_id}: {len(cleared)} tasks run again", err=True)
        else:
            run = desk.asking.trigger(dag_id, logical_date, system_user())
            follower = output.Follower(desk, run)
            click.echo(f"{dag_id} {run.run_id}", err=True)
        output.tell_of_waiting(desk, known)
        if detach:
            if as_json:
                click.echo(output.as_json({"run": run}))
            return
        context.exit(output.follow_to_the_end(desk, follower, as_json_lines=as_json))


def _meant(desk: OrchestrationDesk, names: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """The DAG, and the tasks of it. Raises UsageError for names that mean nothing, or more than one thing."""
    from mainstem.errors import UsageError

    dags = {known.dag_id: known.dag for known in desk.reading.dags() if not known.is_stale}
    if names[0] in dags:
        return names[0], names[1:]
    having = [dag_id for dag_id, dag in dags.items() if set(names) <= {task.task_id for task in dag.tasks}]
    if len(having) == 1:
        return having[0], names
    if having:
        raise UsageError(
            f"{', '.join(having)} have {' and '.join(names)}: name the DAG before, mainstem run {having[0]} "
            f"{' '.join(names)}"
        )
    raise UsageError(
        f"{names[0]!r} is neither a DAG nor a task (DAGs: {', '.join(dags) or 'none; has the runner run?'})"
    )
