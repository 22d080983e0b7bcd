"""Pages of an API by dlt's RESTClient and paginators, over a session that keeps to the budget.

The one place where dlt meets our sessions. dlt's own settings, telemetry and pipelines stay out of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dlt.common.configuration.specs import RuntimeConfiguration
from dlt.sources.helpers.rest_client.client import RESTClient

from mainstem.errors import ApiRefused

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dlt.sources.helpers.rest_client.paginators import BasePaginator

    from mainstem.saas import ApiSession


def pages(
    session: ApiSession,
    path: str,
    parameters: Mapping[str, Any],
    paginator: BasePaginator,
    selector: str,
) -> Iterator[tuple[list[dict[str, Any]], dict[str, Any]]]:
    """The rows of each page and its whole body; `selector` is a JSONPath. Raises as the session does."""
    # Given a configuration, dlt looks for none in the environment and in `.dlt` of the working directory.
    client = RESTClient(session.base_url, session=session, config=RuntimeConfiguration())
    found = client.paginate(
        path,
        params=dict(parameters),
        paginator=paginator,
        data_selector=selector,
        hooks={"response": []},  # its own would raise before the session has looked at the answer
    )
    for page in found:
        body = page.response.json()
        if not isinstance(body, dict):
            raise ApiRefused(f"{path} answered {type(body).__name__} where an object was expected", 200)
        yield list(page), body
