"""`mainstem load`: bring accepted events into the warehouse, or explain what they would become."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from mainstem.cli.options import project_option

if TYPE_CHECKING:
    from pathlib import Path


@click.group("load", invoke_without_command=True)
@project_option
@click.option("--once", is_flag=True, help="Load what the log holds now, then exit.")
@click.pass_context
def command(ctx: click.Context, project_dir: Path, once: bool) -> None:
    """Load accepted events into the warehouse.

    Each event is loaded exactly once, whenever the loader is stopped or killed. It runs until SIGTERM or
    Ctrl-C. Only one loader may run on a warehouse.
    """
    if ctx.invoked_subcommand is None:
        from mainstem.assemble.load import run_loader

        run_loader(project_dir, once)


@command.command("explain")
def explain() -> None:
    """Show the rows that events become.

    Reads {provider, message, config, metadata} as JSON lines from stdin and answers each with a line:
    {"output": [{"metadata": {table, columns, receivedAt}, "data"}]} or {"error": "..."}.
    """
    from mainstem.load.explain import explain as explained

    for line in explained(sys.stdin.buffer):
        sys.stdout.buffer.write(line.encode("utf-8", "surrogatepass") + b"\n")
