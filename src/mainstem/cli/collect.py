"""`mainstem collect`: the event gateway alone."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("collect")
@click.option(
    "--data-dir",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for the log of accepted events; with a project, its own by default.",
)
@click.option("--host", help="Address to listen on; 127.0.0.1 by default, 0.0.0.0 for every interface.")
@click.option(
    "--port", type=click.IntRange(0, 65535), help="Port to listen on; 8080 by default, 0 for a free one."
)
@click.option(
    "--write-key",
    "write_keys",
    multiple=True,
    metavar="KEY",
    help="Accept events that carry KEY, as the source `default`. May be given several times.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 256),
    help="Processes that share the port, each with its own part of the log; 1 by default.",
)
@click.option("--worker", type=click.IntRange(0, 255), hidden=True)
@click.option(
    "--config",
    "--project",
    "config",
    type=click.Path(path_type=Path, exists=True),
    help="A mainstem.toml with [[sources]] and [collect], or the folder of a project; by default the one "
    "in this folder, unless --write-key is given.",
)
def command(
    data_dir: Path | None,
    host: str | None,
    port: int | None,
    write_keys: tuple[str, ...],
    config: Path | None,
    workers: int | None,
    worker: int | None,
) -> None:
    """Accept events from SDKs over HTTP and keep them in the log.

    Point a RudderStack SDK's data plane URL, or a Segment SDK's host, at it. An event is answered 200
    only when it is on disk. It runs until SIGTERM or Ctrl-C.
    """
    from mainstem.assemble.collect import CollectOptions, run_collect

    run_collect(CollectOptions(config, data_dir, write_keys, host, port, workers, worker))
