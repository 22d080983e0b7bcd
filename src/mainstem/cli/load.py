"""`mainstem load`: bring accepted events into the warehouse, or explain what they would become."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import click


@click.group(invoke_without_command=True)
@click.option(
    "--project",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
    help="Folder of mainstem.toml; the current one by default.",
)
@click.option("--once", is_flag=True, help="Load what the log holds now, then exit.")
@click.pass_context
def command(ctx: click.Context, project: Path, once: bool) -> None:
    """Load accepted events into the warehouse."""
    if ctx.invoked_subcommand is None:
        importlib.import_module("mainstem.assemble.load").run_loader(project, once)


@command.command()
def explain() -> None:
    """Read {provider, message, config, metadata} as JSON lines; write the rows each event becomes.

    Every line is answered by one line: {"output": [...]} or {"error": "..."}.
    """
    from mainstem.load.explain import explain as explained

    for line in explained(sys.stdin.buffer):
        sys.stdout.write(f"{line}\n")
