"""An endpoint as it is asked: placeholders filled, bounds in their parameters. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from mainstem.connectors.rest.cursors import Cursor, write_cursor
from mainstem.connectors.rest.paging import Asking
from mainstem.connectors.rest.session import meant
from mainstem.connectors.rest.templates import filled
from mainstem.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from requests import Response

    from mainstem.connectors.rest.client import Client
    from mainstem.connectors.rest.declaration import Endpoint


def asking_of(
    client: Client,
    endpoint: Endpoint,
    known: Mapping[str, Any],
    start: Cursor | None = None,
    end: Cursor | None = None,
) -> Asking:
    """`known` is what placeholders stand for. Raises ApiRefused for a row that lacks what a path wants."""
    paginator = endpoint.paginator or client.paginator
    if paginator is None:  # the check of declarations sees to that
        raise ConfigError("client", "has no paginator")
    bounds: dict[str, Any] = {}
    by = endpoint.incremental
    if by is not None:
        for name, parameter, value in (
            ("start_value", by.start_param, start),
            ("end_value", by.end_param, end),
        ):
            bounds[name] = None if value is None else write_cursor(by, value)
            if parameter is not None and value is not None:
                bounds[f"param {parameter}"] = bounds[name]
    parameters = {name[6:]: value for name, value in bounds.items() if name.startswith("param ")}
    all_known = {**known, "incremental": bounds}
    path = filled(endpoint.path, {root: _quoted(value) for root, value in all_known.items()})
    actions = (*endpoint.response_actions, *client.response_actions)

    def ignored(response: Response) -> bool:
        found = meant(response, actions)
        return found is not None and found.action == "ignore"

    return Asking(
        str(path),
        {**filled(endpoint.params, all_known), **parameters},
        paginator,
        endpoint.data_selector,
        endpoint.method,
        filled(endpoint.json, all_known),
        filled(endpoint.headers, all_known),
        ignored,
    )


def _quoted(value: Any) -> Any:
    """Values as a path has them; a slash in one is the path's own."""
    if isinstance(value, dict):
        return {name: _quoted(one) for name, one in value.items()}
    return quote(value, safe="/") if isinstance(value, str) else value
