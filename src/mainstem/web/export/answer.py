"""An answer as a file of data: streamed where it comes piece by piece, else made first and then sent."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.background import BackgroundTask
from starlette.responses import FileResponse, PlainTextResponse, Response, StreamingResponse

from mainstem.errors import MainstemError
from mainstem.query.formats.sheet_xlsx import write_xlsx
from mainstem.query.sheets import open_sheet
from mainstem.web.auth import Role
from mainstem.web.explore import Question, address_of
from mainstem.web.export.headers import headers_of
from mainstem.web.export.pieces import Pieces
from mainstem.web.services import ViewerLeft, status_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from starlette.requests import Request

    from mainstem.query.explorer import Explorer
    from mainstem.web.export.formats import FileFormat
    from mainstem.web.export.wanted import Wanted
    from mainstem.web.site import Site


async def answer_as(site: Site, request: Request, wanted: Wanted, form: FileFormat, title: str) -> Response:
    """The file, named after `title` and the moment."""
    name = f"{title} {datetime.now(UTC):%Y-%m-%d %H.%M}.{form.name}"
    try:
        if form.pieces is None:
            return await _workbook(site, request, wanted, form, name)
        return await _streamed(site.explorer_for(request.state.viewer), wanted, form, name)
    except ViewerLeft:
        return Response(status_code=499)
    except MainstemError as e:
        return PlainTextResponse(f"{e}\n", status_of(e))


async def _streamed(explorer: Explorer, wanted: Wanted, form: FileFormat, name: str) -> Response:
    """What goes wrong before the first piece is said; later the connection breaks off, so that nobody takes
    a part for the whole."""

    def produce() -> Iterator[str]:
        with open_sheet(explorer, wanted.request) as sheet:
            if form.pieces is not None:
                yield from form.pieces(sheet, wanted)

    pieces = Pieces(produce)
    first = await pieces.first()

    async def body() -> AsyncIterator[bytes]:
        yield first
        async for piece in pieces.rest():
            yield piece

    return StreamingResponse(body(), media_type=form.media_type, headers=headers_of(name))


async def _workbook(site: Site, request: Request, wanted: Wanted, form: FileFormat, name: str) -> Response:
    explorer = site.explorer_for(request.state.viewer)

    def make() -> Path:
        with tempfile.NamedTemporaryFile(prefix="mainstem-", suffix=".xlsx", delete=False) as file:
            made = Path(file.name)
        try:
            with open_sheet(explorer, wanted.request) as sheet:
                sql = sheet.sql if request.state.viewer.may(Role.EXPLORER) else ""
                write_xlsx(sheet, made, _about(request, wanted, sql))
        except BaseException:
            made.unlink()
            raise
        return made

    made = await site.turns.run(make, request.is_disconnected)
    return FileResponse(
        made,
        media_type=form.media_type,
        headers=headers_of(name),
        background=BackgroundTask(made.unlink, missing_ok=True),
    )


def _about(request: Request, wanted: Wanted, sql: str) -> dict[str, str]:
    asked = wanted.request
    filters = {f"Filter {name}": text or "any value" for name, text in asked.filters.items()}
    return {
        "Explore": f"{asked.model}.{asked.explore}",
        "Made at": f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC",
        **filters,
        **({"Filter": asked.filter_expression} if asked.filter_expression else {}),
        "Address": str(request.base_url).rstrip("/") + address_of(Question(request=asked)),
        **({"SQL": sql} if sql else {}),
    }
