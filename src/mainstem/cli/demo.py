"""`mainstem demo`: a simulated company through the whole stack."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("demo")
@click.option("--once", is_flag=True, help="Print a summary and exit: 0 when every number agrees, else 1.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help="Port of the dashboards; 0 takes any free one.  [default: 8000; with --once, 0]",
)
@click.option(
    "--gateway-port",
    type=click.IntRange(0, 65535),
    help="Port that SDKs send to; 0 takes any free one.  [default: 8080; with --once, 0]",
)
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(".mainstem/demo"),
    show_default=True,
    help="Where the demo's project and its data are kept, from one run to the next.",
)
@click.option("--seed", type=int, default=1, show_default=True, help="Another seed is another company.")
@click.option("--days", type=click.IntRange(1, 3650), default=90, show_default=True, help="Days of history.")
@click.option("--visitors", type=click.IntRange(1), default=300, show_default=True, help="Website visitors.")
@click.option("--servers", type=click.IntRange(1), default=25, show_default=True, help="Self-hosted servers.")
def command(
    once: bool,
    port: int | None,
    gateway_port: int | None,
    folder: Path,
    seed: int,
    days: int,
    visitors: int,
    servers: int,
) -> None:
    """Run a simulated company through the whole stack and show its dashboards.

    Its events go over HTTP through the real RudderStack and Segment SDKs into the gateway, through the log
    and the loader into the lake, through dbt and LookML onto the pages.
    """
    from mainstem.assemble.demo import DemoOptions, run_demo

    run_demo(
        DemoOptions(
            folder=folder.absolute(),
            once=once,
            port=port if port is not None else 0 if once else 8000,
            gateway_port=gateway_port if gateway_port is not None else 0 if once else 8080,
            seed=seed,
            days=days,
            visitors=visitors,
            servers=servers,
        ),
        click.echo,
    )
