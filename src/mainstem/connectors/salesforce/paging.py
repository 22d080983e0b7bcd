"""How queries page: `nextRecordsUrl` until there is none, a path of the instance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dlt.sources.helpers.rest_client.paginators import BasePaginator

if TYPE_CHECKING:
    from requests import Request, Response


class NextRecords(BasePaginator):
    def __init__(self, base_url: str) -> None:
        super().__init__()
        self._base_url = base_url
        self._next = ""

    def update_state(self, response: Response, data: list[Any] | None = None) -> None:
        body = response.json()
        self._next = body.get("nextRecordsUrl") or ""
        self._has_next_page = not body.get("done", True) and bool(self._next)

    def update_request(self, request: Request) -> None:
        request.url = self._base_url + self._next
        request.params = {}  # the query stands behind the locator
