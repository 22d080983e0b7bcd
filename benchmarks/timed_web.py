"""`python -m benchmarks.timed_web FOLDER`: the web server of a project that says what the warehouse took.

It is `mainstem web` itself, put together where that is, with a clock around the lake's queries and around
waiting for an answer that somebody else's question brings: each response carries those seconds in
`X-Warehouse-Seconds`, and in `X-Warehouse-Queries` how many queries the lake has been asked so far.
"""

from __future__ import annotations

import itertools
import sys
import time
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

from mainstem.assemble import web
from mainstem.query.answers import Answers
from mainstem.warehouse.ducklake.published import PublishedLake
from mainstem.web import build_app

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pyarrow as pa
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from mainstem.query.answers import Key, Stamp
    from mainstem.query.interruption import Interruption
    from mainstem.query.result import QueryResult
    from mainstem.web import Services, WebSettings
    from mainstem.web.assets import Assets

SECONDS = b"x-warehouse-seconds"
QUERIES = b"x-warehouse-queries"

_spent: ContextVar[list[float]] = ContextVar("spent")
"""Of the request at hand. The list is shared with the thread that a question runs on."""
_numbers = itertools.count()
_asked = [0]

_query, _of = PublishedLake.query, Answers.of


def timed_query(lake: PublishedLake, sql: str, parameters: Sequence[object] = ()) -> pa.Table:
    """The lake's own `query`, clocked and counted."""
    began = time.perf_counter()
    try:
        return _query(lake, sql, parameters)
    finally:
        _spent.get([]).append(time.perf_counter() - began)
        _asked[0] = next(_numbers) + 1


def timed_of(
    answers: Answers,
    key: Key,
    stamp: Callable[[], Stamp],
    run: Callable[[], QueryResult],
    *,
    waiting: Interruption | None = None,
) -> QueryResult:
    """`Answers.of`; what passes while others run, for a turn or for their answer, is the warehouse's."""
    own: list[float] = []

    def clocked() -> QueryResult:
        began = time.perf_counter()
        try:
            return run()
        finally:
            own.append(time.perf_counter() - began)

    began = time.perf_counter()
    try:
        return _of(answers, key, stamp, clocked, waiting=waiting)
    finally:
        _spent.get([]).append(time.perf_counter() - began - sum(own))


def timed(app: ASGIApp) -> ASGIApp:
    """`app`, with the warehouse's seconds on every answer."""

    async def clocked(scope: Scope, receive: Receive, send: Send) -> None:
        spent: list[float] = []
        _spent.set(spent)

        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start":
                said = [(SECONDS, f"{sum(spent):.6f}".encode()), (QUERIES, str(_asked[0]).encode())]
                message["headers"] = [*message["headers"], *said]
            await send(message)

        await app(scope, receive, tell)

    return clocked


def _timed_app(services: Services, settings: WebSettings, assets: Assets) -> ASGIApp:
    return timed(build_app(services, settings, assets))


def main(folder: Path) -> None:
    """Serve the project in `folder` on a free port until SIGTERM."""
    with (
        patch.object(PublishedLake, "query", timed_query),
        patch.object(Answers, "of", timed_of),
        patch.object(web, "build_app", _timed_app),
    ):
        web.run_web(folder, None, 0)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
