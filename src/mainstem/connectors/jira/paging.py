"""How Jira pages: searches by token, lists by number of the first row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dlt.sources.helpers.rest_client.paginators import BasePaginator

if TYPE_CHECKING:
    from requests import Request, Response


class SearchToken(BasePaginator):
    """`search/jql`: a token names the next page; none, or `isLast`, ends it. There is no total."""

    def __init__(self) -> None:
        super().__init__()
        self._token: str | None = None

    def update_state(self, response: Response, data: list[Any] | None = None) -> None:
        body = response.json()
        self._token = body.get("nextPageToken")
        self._has_next_page = self._token is not None and not body.get("isLast")

    def update_request(self, request: Request) -> None:
        if self._token is not None:
            request.params = {**(request.params or {}), "nextPageToken": self._token}


class StartAt(BasePaginator):
    """Lists by `startAt`. A page may hold fewer rows than were asked for, so the next begins behind those
    that came; `isLast`, the `total`, or an empty page ends it."""

    def __init__(self) -> None:
        super().__init__()
        self._next = 0

    def update_state(self, response: Response, data: list[Any] | None = None) -> None:
        body = response.json()
        self._next = int(body.get("startAt", self._next)) + len(data or ())
        total = body.get("total")
        is_last = body.get("isLast", total is not None and self._next >= int(total))
        self._has_next_page = bool(data) and not is_last

    def update_request(self, request: Request) -> None:
        if self._next:
            request.params = {**(request.params or {}), "startAt": self._next}
