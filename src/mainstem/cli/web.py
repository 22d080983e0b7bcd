"""`mainstem web`: the dashboards of a project, served alone."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(name="web")
@click.option(
    "--project",
    "project_dir",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="Folder with mainstem.toml; the current one by default.",
)
@click.option("--host", help="Address to listen on instead of the one in mainstem.toml.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on; 0 takes any free one.")
def command(project_dir: Path, host: str | None, port: int | None) -> None:
    """Serve a project's dashboards."""
    from mainstem.assemble.web import run_web  # duckdb, jinja2 and starlette: none of it for `--help`

    run_web(project_dir, host, port)
