"""`mainstem connectors`: what is brought in from elsewhere, and whether it could be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mainstem.cli.options import project_option

if TYPE_CHECKING:
    from pathlib import Path


@click.group("connectors", invoke_without_command=True)
@project_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def command(context: click.Context, project_dir: Path, as_json: bool) -> None:
    """List the connectors of the project, and how each ran last."""
    if context.invoked_subcommand is not None:
        return
    from mainstem.assemble.connectors import list_connectors
    from mainstem.assemble.project import open_project
    from mainstem.connectors import kind_names

    found = list_connectors(open_project(project_dir))
    if as_json:
        import msgspec

        rows = [{"name": one.name, "type": one.settings.type, "schema": one.schema,
                 "last": one.last, "streams": one.streams} for one in found]  # fmt: skip
        click.echo(msgspec.json.format(msgspec.json.encode(rows), indent=2).decode())
        return
    for one in found:
        last = f"{one.last.state} {one.last.began_at:%Y-%m-%d %H:%M}" if one.last else "has not run yet"
        when = one.settings.schedule or "by hand"
        click.echo(f"{one.name}  {one.settings.type} → {one.schema}  {when}  {last}")
        for stream in one.streams:
            if stream.problem:
                click.echo(f"  {stream.stream}: {stream.problem}")
    if not found:
        click.echo("there are none yet: write [connectors.NAME] with a type into mainstem.toml")
        click.echo(f"types: {', '.join(kind_names())}")


@command.command("check")
@click.argument("name")
@project_option
def check(name: str, project_dir: Path) -> None:
    """Ask the service of connector NAME whether it lets us in, lets us read, and has quota left.

    Exits with 2 when something is missing.
    """
    from mainstem.assemble.connectors import check_connector
    from mainstem.assemble.project import open_project

    findings = check_connector(open_project(project_dir), name)
    for finding in findings:
        click.echo(f"{'ok' if finding.is_good else 'no'}  {finding.what}: {finding.detail}")
    if not all(finding.is_good for finding in findings):
        click.get_current_context().exit(2)


@command.command("schema")
def schema() -> None:
    """Print the JSON Schema of declarations of REST APIs, for editors."""
    from mainstem.connectors.rest.schema import declaration_schema_text

    click.echo(declaration_schema_text(), nl=False)
