"""Pages of an endpoint by dlt's RESTClient and paginators, on a session that keeps to the budget.

A page knows how to go on behind it in another process. What is named in `data_selector` has to be there: an
answer without it is told, and is no empty page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import msgspec
from dlt.common.configuration.specs import RuntimeConfiguration
from dlt.sources.helpers.rest_client.client import RESTClient
from dlt.sources.helpers.rest_client.exceptions import IgnoreResponseException
from dlt.sources.helpers.rest_client.paginators import BasePaginator, BaseReferencePaginator, RangePaginator
from dlt.sources.rest_api.config_setup import create_paginator

from mainstem.connectors.rest.values_at import MISSING, steps, value_at
from mainstem.errors import ApiRefused, ApiUnavailable, ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from requests import Request, Response

    from mainstem.connectors.rest.client import Paginator
    from mainstem.saas import ApiSession

State = str | int | None
"""Where the next page begins: an address, a cursor or a number."""


@dataclass(frozen=True)
class Asking:
    """One list that is asked for."""

    path: str
    params: Mapping[str, Any]
    paginator: Paginator
    selector: str = "$"
    method: str = "GET"
    json: Any = None
    headers: Mapping[str, str] | None = None
    ignored: Callable[[Response], bool] = lambda response: False
    """Answers that say there is nothing to read."""


@dataclass(frozen=True)
class Answer:
    rows: list[Any]
    has_next: bool
    state: State
    """Behind this page."""


class Pages:
    """One service. Used from one thread."""

    def __init__(self, session: ApiSession, hidden: frozenset[str] = frozenset()) -> None:
        """`hidden` are parameters that addresses of pages are kept without: the session has them."""
        self._hidden = hidden
        # Given a configuration, dlt looks for none in the environment and in `.dlt` of the working directory.
        self._client = RESTClient(session.base_url, session=session, config=RuntimeConfiguration())

    def read(self, asking: Asking, state: State = None) -> Iterator[Answer]:
        """Every page behind `state`, from the first where that is None. Raises as the session does;
        ApiUnavailable for pages that go in a circle, ApiRefused for an answer without rows' place."""
        paginator = Followed(_made(asking.paginator), state)

        def look(response: Response, *_: Any, **__: Any) -> None:
            if asking.ignored(response):
                raise IgnoreResponseException

        found = self._client.paginate(
            asking.path,
            method=asking.method,  # type: ignore[arg-type] # GET or POST: its Literal is not exported
            params=dict(asking.params),
            json=asking.json,
            headers=dict(asking.headers or {}),
            paginator=paginator,
            data_selector=asking.selector,
            hooks={"response": [look]},  # its own would raise before the session has looked at the answer
        )
        for page in found:
            rows = _rows(page.response, asking)
            state = _without(paginator.state, self._hidden) if paginator.has_next_page else None
            yield Answer(rows, paginator.has_next_page, state)


class Followed(BasePaginator):
    """One of dlt's paginators that can go on where another process stopped, and that ends."""

    def __init__(self, inner: BasePaginator, state: State) -> None:
        super().__init__()
        self._inner = inner
        self._begins = state

    @property
    def state(self) -> State:
        if isinstance(self._inner, BaseReferencePaginator):
            return self._inner._next_reference
        return self._inner.current_value if isinstance(self._inner, RangePaginator) else None

    @property
    def has_next_page(self) -> bool:
        return self._inner.has_next_page

    def init_request(self, request: Request) -> None:
        self._inner.init_request(request)
        if self._begins is None:
            return
        if isinstance(self._inner, BaseReferencePaginator):
            self._inner._next_reference = str(self._begins)
        elif isinstance(self._inner, RangePaginator):
            self._inner.current_value = int(self._begins)
        self._inner.update_request(request)

    def update_state(self, response: Response, data: list[Any] | None = None) -> None:
        was = self.state
        try:
            self._inner.update_state(response, data)
        except ValueError as e:  # what says whether there is more is not there, or no truth
            raise ApiRefused(f"{response.url}: {e}", response.status_code) from e
        if self._inner.has_next_page and self.state == was:
            raise ApiUnavailable(f"{response.url} says that the next page is the same again")

    def update_request(self, request: Request) -> None:
        if self._inner.has_next_page:
            self._inner.update_request(request)


def _without(state: State, hidden: frozenset[str]) -> State:
    """An address that the service answered may have in it what it was asked with."""
    if not hidden or not isinstance(state, str) or "?" not in state:
        return state
    parts = urlsplit(state)
    query = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] not in hidden]
    return urlunsplit(parts._replace(query=urlencode(query)))


def _made(declared: Paginator) -> BasePaginator:
    made = create_paginator(msgspec.to_builtins(declared))
    if made is None:
        raise ConfigError("client", f"dlt has no paginator {declared!r}")
    return made


def _rows(response: Response, asking: Asking) -> list[Any]:
    found = value_at(response.json(), steps(asking.selector))
    if found is MISSING:
        raise ApiRefused(f"{asking.path} answered nothing at {asking.selector}, its data_selector", 200)
    if found is None:
        return []
    return list(found) if isinstance(found, list) else [found]
