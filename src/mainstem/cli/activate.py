"""`mainstem activate`: what models say goes to where people work, once somebody could see what changes."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING

import click

from mainstem.cli.options import project_option

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.store.activations import KeptPlan, Plans

_SAMPLES = 5


@click.group("activate", invoke_without_command=True)
@project_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def command(context: click.Context, project_dir: Path, as_json: bool) -> None:
    """List the activations of the project, what is planned, and how each ran last."""
    if context.invoked_subcommand is not None:
        return
    from mainstem.activate.kind import kind_names
    from mainstem.assemble.activate import list_activations
    from mainstem.assemble.project import open_project

    found = list_activations(open_project(project_dir))
    if as_json:
        _print_json([{"activation": one.activation, "plan": one.plan, "last": one.last} for one in found])
        return
    for one in found:
        a = one.activation
        plan = f"plan {one.plan.id} {one.plan.state}" if one.plan else "no plan"
        last = f"{one.last.state} {one.last.began_at:%Y-%m-%d %H:%M}" if one.last else "has not run yet"
        click.echo(f"{a.name}  {a.source.named} → {a.destination} {a.object}  {plan}  {last}")
        if one.last and one.last.problem:
            click.echo(f"  {one.last.problem}")
    if not found:
        click.echo("there are none yet: write activations/NAME.yml and a [destinations.NAME]")
        click.echo(f"types of destinations: {', '.join(kind_names())}")


@command.command("check")
@click.argument("destination")
@project_option
def check(destination: str, project_dir: Path) -> None:
    """Ask DESTINATION whether it lets us in and has quota left. Exits with 2 when something is missing."""
    from mainstem.assemble.activate import check_destination
    from mainstem.assemble.project import open_project

    findings = check_destination(open_project(project_dir), destination)
    for finding in findings:
        click.echo(f"{'ok' if finding.is_good else 'no'}  {finding.what}: {finding.detail}")
    if not all(finding.is_good for finding in findings):
        click.get_current_context().exit(2)


@command.command("plan")
@click.argument("name")
@project_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def plan(name: str, project_dir: Path, as_json: bool) -> None:
    """See what activation NAME would change, and keep it as a plan. Nothing is written.

    Exits with 1 when a guard holds the plan back.
    """
    from mainstem.assemble.activate import plan_activation
    from mainstem.assemble.postgres import open_records
    from mainstem.assemble.project import open_project
    from mainstem.store.activations import Plans

    project = open_project(project_dir)
    made = plan_activation(project, name, getpass.getuser())
    if as_json:
        _print_json({"plan": made})
    else:
        with open_records(project, "activate") as database:
            _print_plan(made, Plans(database))
    if made.state == "blocked":
        click.get_current_context().exit(1)


@command.command("apply")
@click.argument("name")
@project_option
@click.option("--plan", "plan_id", type=int, metavar="N", help="This plan; left out, the newest.")
@click.option("--despite", multiple=True, metavar="GUARD", help="Set a guard aside; may be repeated.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def apply(name: str, project_dir: Path, plan_id: int | None, despite: tuple[str, ...], as_json: bool) -> None:
    """Write what stands in the plan of activation NAME, and nothing else.

    A stale plan is refused with 2. Rows that were not written stay due; the command exits with 1 then.
    """
    from mainstem.assemble.activate import apply_plan
    from mainstem.assemble.project import open_project
    from mainstem.errors import ActivationIncomplete

    applied = apply_plan(open_project(project_dir), name, getpass.getuser(), plan_id, despite)
    if as_json:
        _print_json(applied)
    else:
        said = ", ".join(f"{count:,} {what}" for what, count in sorted(applied.counts.items()) if count)
        click.echo(f"{name}: plan {applied.plan_id} {applied.state}: {said or 'nothing was due'}")
    if applied.state != "success":
        raise ActivationIncomplete(name, applied.state, applied.problem, applied.counts)


def _print_plan(made: KeptPlan, plans: Plans) -> None:
    counts = made.counts
    click.echo(f"plan {made.id} of {made.activation}: {made.state}; {made.destination} {made.object}")
    words = {"create": "created", "update": "updated", "delete": "deleted", "clear": "of them cleared",
             "same": "as wanted", "unchanged": "unchanged", "passed": "left out", "faults": "cannot be sent",
             "left_alone": "with a field left alone", "forget": "not followed any more"}  # fmt: skip
    said = [f"{counts.get(key, 0):,} {word}" for key, word in words.items() if counts.get(key)]
    click.echo(f"  {counts.get('source', 0):,} rows: {', '.join(said) or 'nothing to do'}")
    for one in made.guards:
        click.echo(f"  {'ok' if one['is_kept'] else 'NO'}  {one['guard']}: {one['sentence']}")
    for op in ("create", "update", "delete"):
        for row in plans.rows(made.id, ops=[op], limit=_SAMPLES):
            before, values = row.body["before"], row.body["values"]
            fields = values or before
            changes = ", ".join(f"{f}: {before.get(f)!r} → {values.get(f)!r}" for f in fields)
            click.echo(f"  {op} {row.key}  {changes}")
    for row in plans.rows(made.id, ops=["pass"], limit=_SAMPLES):
        click.echo(f"  left out {row.key}  {row.code} {row.message}".rstrip())


def _print_json(value: object) -> None:
    import msgspec

    def plain(one: object) -> object:
        return one.hex() if isinstance(one, bytes) else str(one)

    encoded = msgspec.json.encode(value, enc_hook=plain)
    click.echo(msgspec.json.format(encoded, indent=2).decode())
