"""`mainstem web`: the dashboards of a project, served alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mainstem.cli.options import project_option

if TYPE_CHECKING:
    from pathlib import Path


@click.command(name="web")
@project_option
@click.option("--host", help="Address to listen on instead of the one in mainstem.toml.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on; 0 takes any free one.")
def command(project_dir: Path, host: str | None, port: int | None) -> None:
    """Serve a project's dashboards."""
    from mainstem.assemble.web import run_web  # duckdb, jinja2 and starlette: none of it for `--help`

    run_web(project_dir, host, port)
