"""`mainstem runner`: the embedded runner alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mainstem.cli.options import project_option

if TYPE_CHECKING:
    from pathlib import Path


@click.command("runner")
@project_option
def command(project_dir: Path) -> None:
    """Run the project's DAGs as they are due until Ctrl-C; what runs then is ended.

    Several may run: one runs the tasks, the others stand by. See docs/orchestration.md.
    """
    from mainstem.assemble.runner import run_runner

    run_runner(project_dir)
