"""`mainstem sync`: run a connector now."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from mainstem.cli.options import project_option

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.connectors.run import StreamResult

_DAY = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"])


@click.command("sync")
@click.argument("name")
@project_option
@click.option("--stream", "streams", multiple=True, metavar="S", help="Only this stream; may be repeated.")
@click.option("--full", is_flag=True, help="Read everything again, and find what is gone.")
@click.option("--from", "since", type=_DAY, help="Read what changed from then on; positions stay. In UTC.")
@click.option("--to", "until", type=_DAY, help="With --from or alone: the end of the range, not in it.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def command(
    name: str,
    project_dir: Path,
    streams: tuple[str, ...],
    full: bool,
    since: datetime | None,
    until: datetime | None,
    as_json: bool,
) -> None:
    """Bring what is new of connector NAME into the warehouse.

    What was read is committed on the way: a sync that died goes on where it was. A stream that fails leaves
    the others alone; the run is partial then, and the command exits with 1.
    """
    if full and (since or until):
        raise click.UsageError("--full and a range contradict each other; give one of them")
    if since and until and since >= until:
        raise click.UsageError("--from is not before --to")
    from mainstem.assemble.connectors import sync_connector
    from mainstem.assemble.logs import log_process
    from mainstem.assemble.project import open_project
    from mainstem.connectors.run import Wanted

    wanted = Wanted(streams, (), full, _utc(since), _utc(until))
    tell = (lambda result: None) if as_json else _tell
    project = open_project(project_dir)
    log_process(project.config, "sync")
    result = sync_connector(project, name, wanted, tell)
    if as_json:
        import msgspec

        click.echo(msgspec.json.format(msgspec.json.encode(result), indent=2).decode())
    else:
        click.echo(f"{name}: {result.state}")
    result.ensure_success()


def _tell(result: StreamResult) -> None:
    if result.state == "running":
        return
    gone = f", {result.deleted:,} deleted" if result.deleted else ""
    problem = f": {result.problem}" if result.problem else ""
    click.echo(
        f"{result.stream}  {result.state}  {result.rows:,} rows{gone}, {result.calls:,} calls{problem}"
    )


def _utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=UTC)
