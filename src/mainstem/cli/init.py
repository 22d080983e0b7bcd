"""`mainstem init`: a new project."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("init")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--name", help="Shown on pages; the folder's name by default.")
def command(folder: Path, name: str | None) -> None:
    """Write a new project into DIR, a folder that is empty or not there yet.

    It runs as it stands: `cd DIR && mainstem up`.
    """
    from mainstem.assemble.init import init_project

    for path in init_project(folder, name):
        click.echo(f"wrote {path}")
    click.echo(f"\nNext:\n  cd {folder}\n  mainstem up")
