"""`mainstem alerts`: what people are told of runs, and of what did not run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mainstem.cli.options import project_option

if TYPE_CHECKING:
    from pathlib import Path


@click.group("alerts")
def command() -> None:
    """Tell people of runs: what failed, what is late, and what did not run at all."""


@command.command("watch")
@project_option
def watch(project_dir: Path) -> None:
    """Look at the records of runs and tell people, until SIGTERM or Ctrl-C; `mainstem up` starts it.

    It is a process beside the runner, so that it can tell when that one runs nothing.
    """
    from mainstem.assemble.alerts import run_alerts

    run_alerts(project_dir)


@command.command("list")
@project_option
@click.option("--limit", type=click.IntRange(1), default=30, show_default=True, help="Alerts at most.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(project_dir: Path, limit: int, as_json: bool) -> None:
    """The newest alerts, who was told of each, and why somebody was not."""
    from mainstem.assemble.alerts import line_of, list_alerts

    told = list_alerts(project_dir, limit)
    if as_json:
        import msgspec

        click.echo(msgspec.json.format(msgspec.json.encode(told), indent=2).decode())
    else:
        click.echo("\n".join(line_of(one) for one in told) or "no alert so far")


@command.command("test")
@project_option
@click.argument("targets", nargs=-1)
def test(project_dir: Path, targets: tuple[str, ...]) -> None:
    """Send a message to TARGETS, or to every place that is set; exit 1 when one does not take it."""
    from mainstem.assemble.alerts import test_targets

    tested = test_targets(project_dir, targets)
    for one in tested:
        click.echo(f"{one.target}: {one.problem or 'took the message'}", err=bool(one.problem))
    if any(one.problem for one in tested):
        raise SystemExit(1)
