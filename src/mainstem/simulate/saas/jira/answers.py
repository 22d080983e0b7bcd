"""Answers of a simulated Jira that many of its routes give: pages by `startAt`, and errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mainstem.simulate.saas.http import Answer, json_answer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mainstem.simulate.saas.http import Request

Object = dict[str, Any]
UNSEEN = "Issue does not exist or you do not have permission to see it."
_MOST = 100


def paged(request: Request, rows: Sequence[Object], what: str = "values") -> Answer:
    """By `startAt`, told in full: `total` and `isLast`."""
    begin = int(request.query.get("startAt", 0))
    size = min(int(request.query.get("maxResults", 50)), _MOST)
    is_last = begin + size >= len(rows)
    body: Object = {
        what: list(rows[begin : begin + size]), "startAt": begin, "maxResults": size,
        "total": len(rows), "isLast": is_last,
    }  # fmt: skip
    if not is_last:
        body["nextPage"] = f"{request.base_url}{request.path}?startAt={begin + size}&maxResults={size}"
    return json_answer(body)


def errors(messages: list[str], status: int) -> Answer:
    return json_answer({"errorMessages": messages, "errors": {}}, status)


def plain(given: Any) -> str:
    """The text of a document, or of a string."""
    if isinstance(given, str):
        return given
    lines = [
        "".join(part.get("text", "") for part in block.get("content", ()))
        for block in given.get("content", ())
    ]
    return "\n".join(lines)
