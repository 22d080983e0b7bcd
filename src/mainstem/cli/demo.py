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
@click.option(
    "--months",
    type=click.IntRange(1, 240),
    default=24,
    show_default=True,
    help="Months of history, to yesterday.",
)
@click.option(
    "--size",
    type=click.IntRange(1),
    default=40,
    show_default=True,
    help="About how many accounts the company wins in five years.",
)
def command(
    once: bool,
    port: int | None,
    gateway_port: int | None,
    folder: Path,
    seed: int,
    months: int,
    size: int,
) -> None:
    """Run a simulated company through the whole stack and show its dashboards.

    Its events go over HTTP, as SDKs send them, into the gateway, through the log and the loader into the
    lake, the rows of its CRM and other systems beside them, through dbt and LookML onto the pages.
    """
    from mainstem.assemble.demo import DemoOptions, run_demo

    run_demo(
        DemoOptions(
            folder=folder.absolute(),
            once=once,
            port=port if port is not None else 0 if once else 8000,
            gateway_port=gateway_port if gateway_port is not None else 0 if once else 8080,
            seed=seed,
            months=months,
            size=size,
        ),
        click.echo,
    )
