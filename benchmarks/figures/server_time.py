"""What the web server adds to a page: request time minus the time its queries took in the warehouse.

Over a small simulated company. The tile is a chart of its dashboard; the page of an explore with its field
picker and filters, and the dashboard with all of its tiles, are asked for too: by one user, and by 50 who
each ask again as soon as they have their answer. Who asks is looked up in Postgres with each request, by API
token. Waiting for a turn at the warehouse, or for the answer that somebody else's question brings, counts as
the warehouse's; waiting for the server's own processor counts as ours. Any answer but 200 ends the run.

The limit of one user's p95 is 50 ms. At 50 users the processor is never idle, so that each waits for 49
others: there the limit is the same server's `/health`, asked by as many users, which is HTTP and the check of
the host and nothing else. Lower is better.
"""

from __future__ import annotations

import asyncio
import re
from http.client import HTTPConnection
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from benchmarks.figure import Figure, Outcome, Round, percentile
from benchmarks.http import users
from benchmarks.rounds import interleaved
from benchmarks.stack import StackFailed
from benchmarks.timed_company import timed_company

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from benchmarks.effort import Effort
    from benchmarks.http import Answered

BOARD = "/dashboards/health"
TILE = f"{BOARD}/tiles/daily_site_visitors"
EXPLORE = "/explore/company/site_visitors?fields=site_visitors.visit_date,site_visitors.page_views"
HEALTH = "/health"
MANY = 50
GOAL_MS = 50.0


def measure(effort: Effort, scratch: Path) -> Outcome:
    with timed_company(scratch) as web:
        board = (BOARD, *_tiles(web.url, web.token))
        asked = _Asked(effort, web.url, web.token)
        first = asked.of(board, MANY, 0.0)
        figures = (
            asked.alone("a tile", (TILE,)),
            asked.alone("the page of an explore", (EXPLORE,)),
            asked.alone(f"a dashboard and its {len(board) - 1} tiles", board),
            asked.together("a tile", (TILE,)),
            asked.together(f"a dashboard and its {len(board) - 1} tiles", board, _met(first)),
        )
    return Outcome(benchmark="server-time", figures=figures)


def _tiles(url: str, token: str) -> list[str]:
    connection = HTTPConnection(urlsplit(url).netloc, timeout=60)
    connection.request("GET", BOARD, headers={"Authorization": f"Bearer {token}"})
    page = connection.getresponse().read().decode()
    connection.close()
    found = sorted(set(re.findall(rf"{BOARD}/tiles/\w+", page)))
    if len(found) < 12:
        raise StackFailed(f"{BOARD} shows {len(found)} tiles: fewer than are to be measured")
    return found


def _met(first: Sequence[Answered]) -> str:
    """How the first meeting went, when nothing had been answered yet."""
    return (
        f"{MANY} users at once on the dashboard nobody had opened: {len(first):,} answers, none an error, "
        f"from {max(each.queries for each in first):,} queries of the warehouse"
    )


class _Asked:
    def __init__(self, effort: Effort, url: str, token: str) -> None:
        self._effort = effort
        self._url = url
        self._token = token

    def of(self, paths: Sequence[str], count: int, seconds: float) -> list[Answered]:
        return asyncio.run(users(self._url, paths, self._token, count, seconds))

    def alone(self, what: str, paths: Sequence[str]) -> Figure:
        """p95 of one user, beside the goal."""
        rounds = [self.of(paths, 1, self._effort.tile_s) for _ in range(self._effort.rounds)]
        return Figure(
            benchmark="server-time",
            name=f"server time of {what}, 1 user, p95",
            unit="ms",
            limit="the goal",
            better="lower",
            rounds=tuple(Round(_server_ms(each, 0.95), GOAL_MS) for each in rounds),
            notes=(_note(rounds, self._effort.tile_s),),
        )

    def together(self, what: str, paths: Sequence[str], *notes: str) -> Figure:
        """p50 of many users, beside `/health`."""
        seconds = self._effort.tile_s
        pairs = interleaved(
            self._effort.rounds,
            lambda: self.of(paths, MANY, seconds),
            lambda: self.of((HEALTH,), MANY, seconds / 4),
        )
        return Figure(
            benchmark="server-time",
            name=f"server time of a request for {what}, {MANY} users, p50",
            unit="ms",
            limit="/health of the same server, as many users",
            better="lower",
            rounds=tuple(Round(_server_ms(ours, 0.5), _server_ms(limit, 0.5)) for ours, limit in pairs),
            notes=(_note([ours for ours, _ in pairs], seconds), *notes),
        )


def _note(rounds: Sequence[Sequence[Answered]], seconds: float) -> str:
    answers = [each for one in rounds for each in one]
    warehouse = percentile([each.warehouse for each in answers], 0.5) * 1000
    whole = percentile([each.took for each in answers], 0.95) * 1000
    return (
        f"server p50 {_server_ms(answers, 0.5):.1f} ms, p95 {_server_ms(answers, 0.95):.1f} ms; "
        f"warehouse p50 {warehouse:.1f} ms; whole request p95 {whole:.1f} ms; "
        f"{len(answers):,} answers, no error, about {len(answers) / (seconds * len(rounds)):.0f} a second"
    )


def _server_ms(answers: Sequence[Answered], share: float) -> float:
    return percentile([each.server for each in answers], share) * 1000
