"""`/explore/{model}/{explore}/download/{format}`: a question's answer as a file.

The address is the question's own with `/download/csv` behind its path; `rows=all` asks for every row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from mainstem.web.auth import Role, requires
from mainstem.web.explore import read_question
from mainstem.web.export import FILE_FORMATS, read_wanted
from mainstem.web.export.answer import answer_as
from mainstem.web.export.pictures import PICTURES, picture_as
from mainstem.web.export.wanted import OWN

if TYPE_CHECKING:
    from starlette.requests import Request

    from mainstem.query.explorer import Explorer
    from mainstem.web.explore import Question
    from mainstem.web.site import Site


def routes(site: Site) -> list[Route]:
    @requires(Role.EXPLORER)
    async def download(request: Request) -> Response:
        path, pairs = request.path_params, request.query_params.multi_items()
        name = path["format"]
        if name not in FILE_FORMATS and name not in PICTURES:
            raise HTTPException(404, f"There are downloads as {', '.join((*FILE_FORMATS, *PICTURES))}.")
        wanted = read_wanted(path["model"], path["explore"], pairs)
        if wanted.problems:
            return PlainTextResponse("\n".join(wanted.problems) + "\n", 400)
        if name in PICTURES:
            question, _ = read_question(
                path["model"], path["explore"], [pair for pair in pairs if pair[0] not in OWN]
            )
            title = _title(site.explorer_for(request.state.viewer), question)
            return await picture_as(site, request, name, question, None, title)
        return await answer_as(site, request, wanted, FILE_FORMATS[name], path["explore"])

    return [Route("/explore/{model}/{explore}/download/{format}", download)]


def _title(explorer: Explorer, question: Question) -> str:
    """The explore's label; its name where it has none, or is not there: asking it says so then."""
    asked = question.request
    found = (e for m, e in explorer.explores() if (m.name, e.name) == (asked.model, asked.explore))
    return next((one.label for one in found if one.label), asked.explore.replace("_", " ").capitalize())
