"""A simulated company played into a running gateway and a project's warehouse."""

from __future__ import annotations

from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import timedelta
from itertools import takewhile
from typing import TYPE_CHECKING

from mainstem.assemble.system_rows import private_rows
from mainstem.assemble.warehouse import open_warehouse
from mainstem.simulate.play import (
    ClockPace,
    FullSpeed,
    GatewaySender,
    Played,
    Playing,
    PlayState,
    RatePace,
    SystemRows,
    play,
)
from mainstem.simulate.world import Calendar, simulate_company

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import date
    from pathlib import Path

    from mainstem.assemble.project import Project
    from mainstem.simulate.play import Pace, Sent
    from mainstem.simulate.world import Day

_ENDLESS_MONTHS = 12 * 200
_ROWS_EVERY = 28
"""Days whose rows go into one transaction while history is played: each costs the lake some 0.1 s."""


@dataclass(frozen=True)
class PlayOptions:
    data_plane: str
    write_keys: Mapping[str, str]
    state_file: Path
    company: Playing
    months: int
    blocked_path: str | None = None
    """The gateway's alias of `/v1/`; without one, what browsers block is lost."""
    rate: float | None = None
    """Events a second at most."""
    clock: float | None = None
    """After history, times real time."""
    last_day: date | None = None
    """Where history ends before its last month does."""
    without: frozenset[str] = frozenset()
    """Systems whose rows are not written: connectors bring them."""


def company_days(company: Playing, months: int, last_day: date | None = None) -> Iterator[Day]:
    """Every day of the company, in order, through `last_day` where one is given; made anew at each call."""
    days = simulate_company(company.seed, months, company.accounts, first_day=company.first_day)
    return days if last_day is None else takewhile(lambda day: day.day <= last_day, days)


def play_company(
    options: PlayOptions,
    project: Project | None,
    progress: Callable[[Day, Sent], None] = lambda day, sent: None,
    waiting: Callable[[str], None] = lambda reason: None,
    made: Callable[[Day], None] = lambda day: None,
) -> Played:
    """Play until history is over, or, with a clock, until it is interrupted; rows where there is a project.

    `made` gets every day as the company made it, those too that were played before. Raises
    UsageError, TransientError when the gateway does not take events, WarehouseBusy.
    """
    company = options.company
    months = options.months if options.clock is None else _ENDLESS_MONTHS
    days = _told(company_days(company, months, options.last_day), made)
    state = PlayState(options.state_file, company)
    with ExitStack() as stack:
        rows = None
        if project is not None:
            days = private_rows(project, days)
            warehouse = stack.enter_context(closing(open_warehouse(project, read_only=False)))
            rows = SystemRows(warehouse, without=options.without)
        sender = stack.enter_context(
            closing(
                GatewaySender(
                    options.data_plane,
                    options.write_keys,
                    blocked_path=options.blocked_path,
                    waiting=waiting,
                )
            )
        )
        return play(
            days,
            sender,
            rows,
            pace=_pace(options),
            state=state,
            rows_every=_ROWS_EVERY,
            progress=progress,
        )


def _told(days: Iterator[Day], made: Callable[[Day], None]) -> Iterator[Day]:
    for day in days:
        made(day)
        yield day


def _pace(options: PlayOptions) -> Pace:
    if options.clock is not None:
        end = Calendar(options.company.first_day).day_after(options.months)
        return ClockPace(options.clock, end - timedelta(days=1))
    return FullSpeed() if options.rate is None else RatePace(options.rate)
