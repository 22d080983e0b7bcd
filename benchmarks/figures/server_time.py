"""What the web server adds to a tile: request time minus the time its query took in the warehouse.

A chart of the company's dashboard, over a small simulated company, asked for by one user, and by 50 who
each ask again as soon as they have their answer. Who asks is looked up in Postgres with each request, by
API token. At 50 users a request also waits for its turn (`web.queries_at_once`) while the warehouse answers
others, and that waiting counts as ours. The limit is the same server's `/health`, asked by as many users:
HTTP and the check of the host, and nothing else. Lower is better.
"""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

from benchmarks.figure import Figure, Outcome, Round, percentile
from benchmarks.http import users
from benchmarks.processes import running
from benchmarks.rounds import interleaved
from benchmarks.stack import benchmark_project, fill_with_company, project_up
from mainstem.assemble.accounts import open_accounts, own_token
from mainstem.supervise import ChildSpec

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.effort import Effort
    from benchmarks.http import Answered

TILE = "/dashboards/health/tiles/daily_site_visitors"
HEALTH = "/health"
USERS = (1, 50)


def measure(effort: Effort, scratch: Path) -> Outcome:
    project = benchmark_project(scratch / "project")
    with project_up(project) as (supervisor, addresses):
        fill_with_company(project, supervisor, addresses)
        command = (sys.executable, "-m", "benchmarks.timed_web", str(project.folder))
        with (
            running(ChildSpec("timed-web", command), scratch) as web,
            open_accounts(project, "benchmark") as accounts,
            own_token(accounts, "benchmark") as token,
        ):
            asyncio.run(users(web.status, TILE, token, 1, 1.0))
            figures = tuple(_figure(effort, web.status, token, count) for count in USERS)
    return Outcome(benchmark="server-time", figures=figures)


def _figure(effort: Effort, url: str, token: str, count: int) -> Figure:
    pairs = interleaved(
        effort.rounds,
        lambda: asyncio.run(users(url, TILE, token, count, effort.tile_s)),
        lambda: asyncio.run(users(url, HEALTH, token, count, effort.tile_s / 4)),
    )
    tiles = [answered for ours, _ in pairs for answered in ours]
    return Figure(
        benchmark="server-time",
        name=f"server time of a tile, {count} user{'s' if count > 1 else ''}, p50",
        unit="ms",
        limit="/health of the same server, as many users",
        better="lower",
        rounds=tuple(Round(_server_ms(ours, 0.5), _server_ms(limit, 0.5)) for ours, limit in pairs),
        notes=(
            f"server p95 {_server_ms(tiles, 0.95):.1f} ms; warehouse p50 "
            f"{percentile([each.warehouse for each in tiles], 0.5) * 1000:.1f} ms; whole request p50 "
            f"{percentile([each.took for each in tiles], 0.5) * 1000:.1f} ms; "
            f"{len(tiles) / (effort.tile_s * effort.rounds):.0f} tiles/s",
        ),
    )


def _server_ms(answers: list[Answered], share: float) -> float:
    return percentile([each.took - each.warehouse for each in answers], share) * 1000
