"""`mainstem catalogue`: which events there are, what is in them, and bringing that up to date."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mainstem.cli.options import project_option

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mainstem.operate.catalogue import Catalogue, EventEntry, PropertyEntry


@click.group("catalogue")
def command() -> None:
    """See which events there are and what is in them, and bring that up to date."""


@command.command()
@project_option
@click.option("--full", is_flag=True, help="Count every row anew and look at every table again.")
def refresh(project_dir: Path, full: bool) -> None:
    """Count what was loaded since the last refresh, and look at the newest rows.

    Upkeep does so every few minutes (catalogue.every_s).
    """
    from mainstem.assemble.event_catalogue import refresh_project

    click.echo(str(refresh_project(project_dir, full=full)))


@command.command("list")
@project_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object an event, a line each.")
def list_(project_dir: Path, as_json: bool) -> None:
    """List events as they were at the last refresh.

    A `+` stands before one that its source's plan does not name, a `!` before one with type conflicts.
    The table `tracks`, which holds them once more, is left out; --json has it.
    """
    import msgspec

    from mainstem.assemble.event_catalogue import open_catalogue

    catalogue = open_catalogue(project_dir)
    if as_json:
        for event in catalogue.events:
            click.echo(msgspec.json.encode(event).decode())
        return
    if not catalogue.events:
        click.echo("nothing is catalogued yet; `mainstem catalogue refresh` looks at what was loaded")
    for event in catalogue.events:
        if not event.repeats_others:
            click.echo(_event_line(catalogue, event))


@command.command()
@click.argument("event")
@project_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a property, a line each.")
@click.option(
    "--all", "everything", is_flag=True, help="Also what every event has: identity, times, context."
)
def show(event: str, project_dir: Path, as_json: bool, everything: bool) -> None:
    """Show the properties of EVENT: its name, its table, or schema.table."""
    import msgspec

    from mainstem.assemble.event_catalogue import open_catalogue
    from mainstem.errors import UsageError

    catalogue = open_catalogue(project_dir)
    found = [one for one in catalogue.events if event in (one.event, one.table_name, one.key)]
    if not found:
        known = ", ".join(one.key for one in catalogue.events) or "none yet"
        raise UsageError(f"no event is called {event!r}; in the catalogue are: {known}")
    for one in found:
        properties = [p for p in catalogue.properties.get(one.key, ()) if everything or not p.is_common]
        if as_json:
            for each in properties:
                click.echo(msgspec.json.encode(each).decode())
            continue
        click.echo(_event_line(catalogue, one))
        for line in _property_lines(properties):
            click.echo(line)


def _event_line(catalogue: Catalogue, event: EventEntry) -> str:
    conflicts = sum(one.conflicts for one in catalogue.properties.get(event.key, ()))
    sign = "!" if conflicts else ("+" if event.planned is False else " ")
    last = event.last_seen.strftime("%Y-%m-%d %H:%M") if event.last_seen else "never"
    return f"{sign} {event.key:<40} {event.type:<9} {event.rows:>12,}  last {last}  {event.event}"


def _property_lines(properties: list[PropertyEntry]) -> Iterator[str]:
    for one in properties:
        facts = [
            f"{1 - one.null_share:.0%} filled",
            f"{one.distinct_values} distinct",
            *([f"may be personal: {one.pii}"] if one.pii and one.pii_from != "masked" else []),
            *([f"{one.conflicts} did not fit"] if one.conflicts else []),
            *(["not in plan"] if one.planned is False else []),
            *(["unused"] if one.is_unused else []),
        ]
        values = ", ".join(value.value for value in one.sample_values[:4])
        path = f" ({one.path})" if one.path and one.path != one.column_name else ""
        yield f"    {one.column_name}{path} {one.type}: {', '.join(facts)}{f'; {values}' if values else ''}"
