"""`mainstem up`: every process of a project, on this machine."""

from __future__ import annotations

from pathlib import Path

import click

from mainstem.cli.options import project_option


@click.command("up")
@project_option
@click.option(
    "--port", type=click.IntRange(0, 65535), help="Port of the pages, over web.port; 0 takes a free one."
)
@click.option(
    "--gateway-port",
    type=click.IntRange(0, 65535),
    help="Port that SDKs send to, over collect.port; 0 takes a free one.",
)
@click.option(
    "--data-dir",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where everything is kept, over project.data_dir.",
)
@click.option(
    "--logs-dir",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where each process's log is kept, over logging.dir.",
)
@click.option("--verbose", is_flag=True, help="Show all that the processes say, not only what needs eyes.")
def command(
    project_dir: Path,
    port: int | None,
    gateway_port: int | None,
    data_dir: Path | None,
    logs_dir: Path | None,
    verbose: bool,
) -> None:
    """Run every process of the project until Ctrl-C.

    Each is started again when it ends, and stopped with this command however that ends. `mainstem doctor`
    says what is wrong.
    """
    from mainstem.assemble.up import UpOptions, run_up

    given = {
        "MAINSTEM_WEB_PORT": port,
        "MAINSTEM_COLLECT_PORT": gateway_port,
        "MAINSTEM_PROJECT_DATA_DIR": data_dir.absolute() if data_dir else None,
        "MAINSTEM_LOGGING_DIR": logs_dir.absolute() if logs_dir else None,
    }
    flags = {name: str(value) for name, value in given.items() if value is not None}
    run_up(UpOptions(project_dir, flags, verbose), click.echo)
