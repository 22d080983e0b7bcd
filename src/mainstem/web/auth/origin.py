"""Where a request comes from, for the audit log, sessions and the throttle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection

_LONGEST = 200


@dataclass(frozen=True)
class Origin:
    address: str
    """The client's, as a proxy that `web.trusted_proxies` names tells it, else the peer's."""
    user_agent: str


def origin_of(request: HTTPConnection) -> Origin:
    return Origin(
        address=request.client.host if request.client else "unknown",
        user_agent=request.headers.get("user-agent", "")[:_LONGEST],
    )
