"""How Marketo pages: by a token that ends, by a token that never does, by offset."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dlt.sources.helpers.rest_client.paginators import BasePaginator

if TYPE_CHECKING:
    from requests import Request, Response


class ListToken(BasePaginator):
    """Lists of the lead database: no token ends them."""

    def __init__(self) -> None:
        super().__init__()
        self._token: str | None = None

    def update_state(self, response: Response, data: list[Any] | None = None) -> None:
        self._token = response.json().get("nextPageToken")
        self._has_next_page = self._token is not None

    def update_request(self, request: Request) -> None:
        if self._token is not None:
            request.params = {**(request.params or {}), "nextPageToken": self._token}


class ActivityToken(ListToken):
    """Activities: there is always a token; `moreResult` ends them, and an empty page does not."""

    def update_state(self, response: Response, data: list[Any] | None = None) -> None:
        super().update_state(response, data)
        self._has_next_page = self._has_next_page and bool(response.json().get("moreResult"))


class AssetOffset(BasePaginator):
    """Assets: a page that is not full ends them; behind a full one comes an empty one, without a result."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self._size = size
        self._next = 0

    def update_state(self, response: Response, data: list[Any] | None = None) -> None:
        self._next += self._size
        self._has_next_page = len(data or ()) >= self._size

    def update_request(self, request: Request) -> None:
        request.params = {**(request.params or {}), "offset": self._next}
