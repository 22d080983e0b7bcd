"""`mainstem up`: every process of a project, on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mainstem.cli.options import project_option

if TYPE_CHECKING:
    from pathlib import Path


@click.command("up")
@project_option
def command(project_dir: Path) -> None:
    """Run every process of the project until Ctrl-C."""
    from mainstem.assemble.up import run_up

    run_up(project_dir, click.echo)
