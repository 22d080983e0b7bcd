"""How Zendesk pages: exports by cursor, exports by time, and lists by cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dlt.sources.helpers.rest_client.paginators import BasePaginator, JSONLinkPaginator

from mainstem.errors import ApiUnavailable

if TYPE_CHECKING:
    from requests import Request, Response

FULL = 1000
"""Rows of a full page of an export by time."""


class ExportCursor(BasePaginator):
    """Incremental export by cursor. A cursor stands on the last page too; `end_of_stream` ends it."""

    def __init__(self) -> None:
        super().__init__()
        self._cursor: str | None = None

    def update_state(self, response: Response, data: list[Any] | None = None) -> None:
        body = response.json()
        self._cursor = body.get("after_cursor")
        self._has_next_page = not body.get("end_of_stream") and self._cursor is not None

    def update_request(self, request: Request) -> None:
        if self._cursor is not None:
            request.params = {
                name: value for name, value in (request.params or {}).items() if name != "start_time"
            } | {"cursor": self._cursor}


class ExportTime(BasePaginator):
    """Incremental export by time: the next page begins with the second that this one ends with, so rows
    of that second come twice."""

    def __init__(self) -> None:
        super().__init__()
        self._end: int | None = None

    def update_state(self, response: Response, data: list[Any] | None = None) -> None:
        body = response.json()
        end, was = body.get("end_time"), self._end
        ends = body.get("end_of_stream", body.get("count", 0) < FULL)
        self._has_next_page = not ends and end is not None
        if self._has_next_page and end == was:
            raise ApiUnavailable(
                f"{response.url} ends with the second that it began with, and says there is more"
            )
        self._end = end

    def update_request(self, request: Request) -> None:
        if self._end is not None:
            request.params = {**(request.params or {}), "start_time": self._end}


class ListCursor(JSONLinkPaginator):
    """Lists by `page[size]`: `links.next` stands on the last page too; `meta.has_more` ends it. Lists that
    know no cursors have `next_page`, null on the last."""

    def __init__(self) -> None:
        super().__init__(next_url_path="links.next")

    def update_state(self, response: Response, data: list[Any] | None = None) -> None:
        body = response.json()
        if "meta" in body:
            super().update_state(response, data)
            self._has_next_page = bool(body["meta"].get("has_more")) and self._has_next_page
        else:
            self._next_reference = body.get("next_page")
            self._has_next_page = self._next_reference is not None

    def update_request(self, request: Request) -> None:
        super().update_request(request)
        request.params = {}  # they stand in the link
