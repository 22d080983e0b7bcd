"""The log of a try: pieces for a page that follows it, a search through it, and the whole as a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from anyio import to_thread
from starlette.exceptions import HTTPException
from starlette.responses import StreamingResponse
from starlette.routing import Route

from mainstem.web.auth import requires
from mainstem.web.orchestration.log_piece import (
    Piece,
    cursor_of,
    found_lines,
    last_piece,
    piece_after,
    piece_around,
    piece_before,
    piece_onwards,
)
from mainstem.web.orchestration.paths import task_path
from mainstem.web.pages.dag import PATH
from mainstem.web.pages.dags import SEES, desk_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request
    from starlette.responses import Response

    from mainstem.web.orchestration import OrchestrationDesk, Try, TryLog
    from mainstem.web.site import Site

TASK = PATH + "/runs/{run}/tasks/{task}"
_CHUNK = 256 * 1024
_LONGEST_SEARCH = 200


@dataclass(frozen=True)
class Look:
    """A piece of a log and where to ask for more."""

    piece: Piece | None
    """None while nothing was written, or where it is kept no longer."""
    more: str
    """Address that gives further pieces."""
    try_number: int
    ended: bool
    """Whether nothing is added to it any more."""
    is_onwards: bool = False
    """It does not reach the end: what follows is asked for, not awaited."""

    @property
    def has_later(self) -> bool:
        return self.piece is not None and self.piece.end.at < self.piece.size


def opened(
    desk: OrchestrationDesk, dag_id: str, run_id: str, task_id: str, chosen: Try, request: Request
) -> Look:
    """What the page of a task opens with: the end, or what is around the line that its address names."""
    log = desk.logs.log(dag_id, run_id, task_id, chosen.try_number)
    ended = chosen.end_date is not None
    more = f"{task_path(dag_id, run_id, task_id, 'log')}?try={chosen.try_number}"
    if log is None:
        return Look(None, more, chosen.try_number, ended)
    asked = request.query_params.get("line", "")
    if asked.isascii() and asked.isdigit() and len(asked) < 12:
        return Look(
            piece_around(log, int(asked), ended=ended), more, chosen.try_number, ended, is_onwards=True
        )
    return Look(last_piece(log, ended=ended), more, chosen.try_number, ended)


def routes(site: Site) -> list[Route]:
    def named(request: Request) -> tuple[OrchestrationDesk, Try, TryLog | None]:
        """Raises HTTPException 404 for a try that is not there."""
        desk, at = desk_of(site), request.path_params
        asked = request.query_params.get("try", "")
        for one in desk.reading.tries(at["dag"], at["run"], at["task"]):
            if str(one.try_number) == asked:
                return desk, one, desk.logs.log(at["dag"], at["run"], at["task"], one.try_number)
        raise HTTPException(404, f"There is no try “{asked}” of this task.")

    def more_of(request: Request) -> Response:
        _, chosen, log = named(request)
        at, ended = request.path_params, chosen.end_date is not None
        address = f"{task_path(at['dag'], at['run'], at['task'], 'log')}?try={chosen.try_number}"
        look = Look(
            None if log is None else _asked_piece(request, log, ended), address, chosen.try_number, ended
        )
        return site.render("orchestration/log_piece.html", look=look)

    def search(request: Request) -> Response:
        _, chosen, log = named(request)
        text = request.query_params.get("q", "")[:_LONGEST_SEARCH]
        lines, is_cut = ([], False) if log is None else found_lines(log, text)
        at = request.path_params
        path = task_path(at["dag"], at["run"], at["task"])
        return site.render(
            "orchestration/log_found.html", lines=lines, is_cut=is_cut, text=text, path=path, chosen=chosen
        )

    @requires(SEES)
    async def more(request: Request) -> Response:
        return await to_thread.run_sync(more_of, request)

    @requires(SEES)
    async def found(request: Request) -> Response:
        return await to_thread.run_sync(search, request)

    @requires(SEES)
    async def download(request: Request) -> Response:
        _, chosen, log = await to_thread.run_sync(named, request)
        if log is None:
            raise HTTPException(404, "Nothing is kept of this log.")
        at = request.path_params
        size = await to_thread.run_sync(log.size)
        name = "".join(
            c if c.isalnum() or c in "-_." else "_" for c in f"{at['dag']}.{at['task']}.{at['run']}"
        )
        return StreamingResponse(
            _whole(log, size),
            media_type="text/plain; charset=utf-8",
            headers={
                "content-length": str(size),
                "content-disposition": f'attachment; filename="{name}.attempt={chosen.try_number}.log"',
            },
        )

    return [
        Route(f"{TASK}/log", more),
        Route(f"{TASK}/log/search", found),
        Route(f"{TASK}/log/download", download),
    ]


def _asked_piece(request: Request, log: TryLog, ended: bool) -> Piece:
    """As the address says: `after`, `onwards` or `before` a cursor, else the end."""
    query = request.query_params
    for name, piece in (("after", piece_after), ("onwards", piece_onwards)):
        cursor = cursor_of(query.get(name, ""))
        if cursor is not None:
            return piece(log, cursor, ended=ended)
    cursor = cursor_of(query.get("before", ""))
    return last_piece(log, ended=ended) if cursor is None else piece_before(log, cursor)


async def _whole(log: TryLog, size: int) -> AsyncIterator[bytes]:
    """The first `size` bytes: what is added meanwhile would break the promised length."""
    at = 0
    while at < size:
        chunk = await to_thread.run_sync(log.read, at, min(_CHUNK, size - at))
        if not chunk:
            return
        yield chunk
        at += len(chunk)
