"""Answers of a simulated Marketo: nearly all are 200, and say inside whether they went well."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mainstem.simulate.saas.http import Answer, json_answer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mainstem.simulate.saas.http import Request

Object = dict[str, Any]
NO_ASSETS = "No assets found for the given search criteria."
CODE = "X-Simulated-Code"
"""A header by which the service itself knows an answer's error again."""
MESSAGES = {
    601: "Access token invalid", 602: "Access token expired",
    606: "Max rate limit '100' exceeded with in '20' secs",
    607: "Daily quota reached", 610: "Requested resource not found", 604: "Request timed out",
    611: "System error", 615: "Concurrent access limit reached", 702: "Record not found",
    713: "Transient error", 1003: "Invalid request", 1029: "Too many jobs (10) in queue",
    1035: "Unsupported filter type for target subscription: updatedAt",
}  # fmt: skip


def ok(result: Sequence[Object] | None = None, **more: Any) -> Answer:
    body: Object = {"requestId": "1#simulated", "success": True, **more}
    if result is not None:
        body["result"] = list(result)
    return json_answer(body)


def error(code: int, message: str = "") -> Answer:
    told = {"code": str(code), "message": message or MESSAGES.get(code, "System error")}
    return json_answer(
        {"requestId": "1#simulated", "success": False, "errors": [told]}, headers={CODE: str(code)}
    )


def assets(request: Request, rows: Sequence[Object]) -> Answer:
    """By `offset` and `maxReturn`; an empty page has no result, but a warning."""
    begin, size = int(request.query.get("offset", 0)), min(int(request.query.get("maxReturn", 20)), 200)
    since = request.query.get("earliestUpdatedAt", "")
    found = [row for row in rows if row["updatedAt"] >= since.replace("+00:00", "Z")][begin : begin + size]
    return ok(found, errors=[], warnings=[]) if found else ok(errors=[], warnings=[NO_ASSETS])


def by_token(request: Request, rows: Sequence[Object], most: int) -> Answer:
    """By `nextPageToken` and `batchSize`; the last page has no token."""
    size = min(int(request.query.get("batchSize", most)), most)
    begin = int(request.query.get("nextPageToken", "0").removeprefix("page-"))
    more = {"nextPageToken": f"page-{begin + size}"} if begin + size < len(rows) else {}
    return ok(rows[begin : begin + size], **more)
