"""What happened in Marketo, page by page: activities of some types, and deleted leads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mainstem.connectors.marketo.paging import ActivityToken
from mainstem.connectors.pages import pages

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from mainstem.saas import ApiSession

Object = dict[str, Any]
_TYPES = 10
"""That one question may name."""


def happened(session: ApiSession, kinds: Sequence[int], since: datetime) -> Iterator[list[Object]]:
    """Activities of these types from `since` on, in their order for every ten of the types."""
    for first in range(0, len(kinds), _TYPES):
        some = kinds[first : first + _TYPES]
        asked = {"activityTypeIds": ",".join(map(str, some))}
        yield from _paged(session, "/rest/v1/activities.json", asked, since)


def deleted(session: ApiSession, since: datetime) -> Iterator[list[Object]]:
    """Deletions of leads; Marketo may have forgotten those of more than 14 days ago."""
    yield from _paged(session, "/rest/v1/activities/deletedleads.json", {}, since)


def _paged(session: ApiSession, path: str, asked: Object, since: datetime) -> Iterator[list[Object]]:
    moment = since.strftime("%Y-%m-%dT%H:%M:%SZ")
    first = session.get("/rest/v1/activities/pagingtoken.json", params={"sinceDatetime": moment}).json()
    token = {"nextPageToken": first["nextPageToken"]}
    for found, _ in pages(session, path, {**asked, **token}, ActivityToken(), "result[*]"):
        if found:
            yield found
