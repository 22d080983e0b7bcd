"""`mainstem simulate`: a company that does not exist, to try models on."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mainstem.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from mainstem.simulate.world import Day

_FIRST = date(2020, 1, 1)
_MONTHS = 60


class _Month(click.ParamType[date]):
    """A month such as 2021-01, as its first day."""

    name = "YYYY-MM"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            return value if isinstance(value, date) else date.fromisoformat(f"{value}-01")
        except ValueError:
            self.fail(f"{value!r} is no month; write one such as 2021-01", param, ctx)


def _company_options(function: Callable[..., None]) -> Callable[..., None]:
    options = (
        click.option(
            "--seed", type=int, default=1, show_default=True, help="Another seed is another company."
        ),
        click.option(
            "--months",
            type=click.IntRange(1, 240),
            help="Months of history.  [default: 60, or as many as lie between --from and --until]",
        ),
        click.option(
            "--size",
            type=click.IntRange(1, 100_000),
            default=100,
            show_default=True,
            help="Accounts that it wins in sixty months, about.",
        ),
        click.option(
            "--from",
            "first",
            type=_Month(),
            help="Month with which history begins, such as 2021-01.  [default: 2020-01]",
        ),
        click.option(
            "--until", type=_Month(), help="Last month of history, instead of its first or its length."
        ),
    )
    for option in reversed(options):
        function = option(function)
    return function


def span(first: date | None, until: date | None, months: int | None) -> tuple[date, int]:
    """The first day of history and its months, of two of the three options at most.

    Raises UsageError when all three are given or history would end before it begins.
    """
    if until is None:
        return first or _FIRST, months or _MONTHS
    if first is None:
        months = months or _MONTHS
        begins = until.year * 12 + until.month - months
        if begins < 12:
            raise UsageError(f"{months} months until {until:%Y-%m} begin before year 1; give fewer --months")
        return date(begins // 12, begins % 12 + 1, 1), months
    if months is not None:
        raise UsageError("--from, --until and --months are too many; leave one of them out")
    between = (until.year - first.year) * 12 + until.month - first.month + 1
    if between < 1:
        raise UsageError(f"--until {until:%Y-%m} lies before --from {first:%Y-%m}")
    return first, between


@click.group("simulate")
def command() -> None:
    """Make up a company: as files with the truth about it, or played through a gateway."""


@command.command("company")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@_company_options
def company(
    folder: Path, seed: int, months: int | None, size: int, first: date | None, until: date | None
) -> None:
    """Write a company into FOLDER, which must be empty, as lines of JSON.

    events.ndjson holds what SDKs send, in order of arrival; changes/ the rows of the CRM, licences, support,
    engineering and marketing as they change; truth/ what really happened, which no model should read.
    """
    from mainstem.simulate.world import simulate_company, write_days

    def tell(day: Day) -> None:
        if day.day.day == 1 and day.day.month == 1:
            click.echo(f"{day.day.year} …", err=True)

    first_day, length = span(first, until, months)
    written = write_days(simulate_company(seed, length, size, first_day=first_day), folder, tell)
    click.echo(
        f"{folder}: {written.events:,} events, {written.changes:,} changes of rows, "
        f"{written.truth:,} true facts"
    )


def _write_keys(ctx: click.Context, param: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    keys = dict(text.partition("=")[::2] for text in given)
    for source, key in keys.items():
        if not (source and key):
            raise click.BadParameter(f"{source or key!r} is no SOURCE=KEY; write one such as website=wk_1")
    return keys


@command.command("play")
@click.option(
    "--data-plane", required=True, metavar="URL", help="The gateway, such as http://127.0.0.1:8080."
)
@click.option(
    "--write-key",
    "write_keys",
    multiple=True,
    metavar="SOURCE=KEY",
    callback=_write_keys,
    help="For website and servers, each; webapp and mobile use that of servers if they have none.",
)
@_company_options
@click.option("--rate", type=click.FloatRange(min=0, min_open=True), help="Events a second at most.")
@click.option(
    "--clock",
    type=click.FloatRange(min=1),
    metavar="X",
    help="After history go on at X times real time, and in real time from the present on, without end.",
)
@click.option(
    "--alias",
    metavar="PREFIX",
    help="The gateway's alias of /v1/ (collect.path_aliases), such as /e/. Events that browsers keep from "
    "the usual paths come through by it; without it they are lost.",
)
@click.option(
    "--project",
    "project_dir",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write the rows of the company's systems into this project's warehouse too.",
)
@click.option(
    "--state",
    "state_file",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("company.state.json"),
    show_default=True,
    help="Says up to which day this company has been played; the next call goes on there.",
)
def play(
    data_plane: str,
    write_keys: dict[str, str],
    seed: int,
    months: int | None,
    size: int,
    first: date | None,
    until: date | None,
    rate: float | None,
    clock: float | None,
    alias: str | None,
    project_dir: Path | None,
    state_file: Path,
) -> None:
    """Play a company for real: its events through a gateway over HTTP, its systems' rows into a warehouse.

    A batch that is not acknowledged is sent again until it is. Only days that are over are played: calling it
    again tomorrow plays today. Interrupted, it goes on with the day it was in.
    """
    from mainstem.assemble.project import open_project
    from mainstem.assemble.simulate import PlayOptions, play_company
    from mainstem.simulate.play import Playing, Sent

    if rate is not None and clock is not None:
        raise UsageError("--rate and --clock contradict each other; give one of them")
    first_day, length = span(first, until, months)
    options = PlayOptions(
        data_plane, write_keys, state_file, Playing(seed, size, first_day), length, alias, rate, clock
    )

    def tell(day: Day, sent: Sent) -> None:
        if day.day.day == 1 or clock is not None:
            click.echo(f"{day.day}  {sent.events:,} events acknowledged", err=True)

    told: set[str] = set()

    def waiting(reason: str) -> None:
        if reason not in told:
            told.add(reason)
            click.echo(f"{data_plane} does not take events yet, trying again: {reason}", err=True)

    played = play_company(options, open_project(project_dir) if project_dir else None, tell, waiting)
    sent = played.sent
    lost = f", {sent.blocked:,} blocked by browsers" if sent.blocked else ""
    through = f" through {played.through}" if played.through else ""
    click.echo(
        f"{played.days:,} days{through}: {sent.events:,} events acknowledged in {sent.batches:,} batches, "
        f"{sent.repeats:,} of them sent again{lost}; {played.rows:,} rows written"
    )


@command.command("saas")
@_company_options
@click.option("--service", "names", multiple=True, metavar="NAME", help="Only this one; may be repeated.")
@click.option(
    "--port", type=click.IntRange(0, 65_535), default=8095, show_default=True, help="0: a free one."
)
def saas(
    seed: int,
    months: int | None,
    size: int,
    first: date | None,
    until: date | None,
    names: tuple[str, ...],
    port: int,
) -> None:
    """Answer as the services of a company do, over HTTP on this machine, until Ctrl-C.

    Each is at /NAME, such as http://127.0.0.1:8095/zendesk: what `base_url` of a connector takes. /_control
    moves the clock and makes things fail.
    """
    from mainstem.assemble.saas import open_saas
    from mainstem.simulate.play import Playing

    first_day, length = span(first, until, months)
    server = open_saas(
        Playing(seed, size, first_day), length, names, port, lambda text: click.echo(text, err=True)
    )
    click.echo(f"simulated services at {server.address}: {', '.join(server.names)}")
    server.run()
