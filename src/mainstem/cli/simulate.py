"""`mainstem simulate`: a company that does not exist, to try models on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from mainstem.simulate.world import Day


@click.group("simulate")
def command() -> None:
    """Write what a simulated company sends and holds, and the truth about it."""


@command.command("company")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--seed", type=int, default=1, show_default=True, help="Another seed is another company.")
@click.option(
    "--months",
    type=click.IntRange(1, 240),
    default=60,
    show_default=True,
    help="Months of history, from 2020.",
)
@click.option(
    "--size",
    type=click.IntRange(1, 100_000),
    default=100,
    show_default=True,
    help="Accounts that it wins in sixty months, about.",
)
def company(folder: Path, seed: int, months: int, size: int) -> None:
    """Write a company into FOLDER, which must be empty, as lines of JSON.

    events.ndjson holds what SDKs send, in order of arrival; changes/ the rows of the CRM, licences, support,
    engineering and marketing as they change; truth/ what really happened, which no model should read.
    """
    from mainstem.simulate.world import simulate_company, write_days

    def tell(day: Day) -> None:
        if day.day.day == 1 and day.day.month == 1:
            click.echo(f"{day.day.year} …", err=True)

    written = write_days(simulate_company(seed, months, size), folder, tell)
    click.echo(
        f"{folder}: {written.events:,} events, {written.changes:,} changes of rows, "
        f"{written.truth:,} true facts"
    )
