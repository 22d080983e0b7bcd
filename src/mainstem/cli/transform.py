"""`mainstem transform`: the dbt worker alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mainstem.cli.options import project_option

if TYPE_CHECKING:
    from pathlib import Path


@click.command("transform")
@project_option
def command(project_dir: Path) -> None:
    """Run the project's dbt worker until Ctrl-C; `mainstem build` talks to it."""
    from mainstem.assemble.transform import run_worker

    run_worker(project_dir)
