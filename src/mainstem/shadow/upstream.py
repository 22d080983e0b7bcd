"""The other data plane: sends one request as it came and says what was answered. It never tries twice."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec
import urllib3

from mainstem.shadow.pace import retry_after_of

if TYPE_CHECKING:
    from mainstem.events import Forwarded


class Answer(msgspec.Struct, frozen=True):
    """What came back."""

    status: int | None
    """None where nothing did: the connection failed, was cut, or took too long."""
    retry_after: float | None = None
    """Seconds, where the answer asks for them."""
    failure: str = ""
    """Why there is no status."""


class Upstream:
    """One URL, its connections kept open. Safe to use from several threads."""

    def __init__(self, url: str, *, timeout_s: float, connections: int) -> None:
        """`url` is http or https, with a path at most."""
        self._url = url.rstrip("/")
        self._http = urllib3.PoolManager(
            num_pools=1,
            maxsize=connections,
            block=True,
            timeout=urllib3.Timeout(connect=timeout_s, read=timeout_s),
            retries=False,
        )

    def send(self, request: Forwarded) -> Answer:
        query = f"?{request.query}" if request.query else ""
        try:
            response = self._http.request(
                request.method,
                f"{self._url}{request.path}{query}",
                body=request.body or None,
                headers=_headers(request),
                redirect=False,
                decode_content=False,
            )
        except (urllib3.exceptions.HTTPError, OSError) as e:
            return Answer(None, failure=f"{type(e).__name__}: {e}")
        wait = retry_after_of(response.headers.get("Retry-After"), datetime.now(UTC))
        return Answer(response.status, wait)

    def close(self) -> None:
        self._http.clear()


def _headers(request: Forwarded) -> dict[str, str]:
    """What came, and who sent it: the other side takes the client's address from X-Forwarded-For."""
    # urllib3 would add these where the sender had none.
    absent: dict[str, str] = {
        name: urllib3.util.SKIP_HEADER
        for name in ("user-agent", "accept-encoding")
        if name not in request.headers
    }
    forwarded = {"x-forwarded-for": request.request_ip} if request.request_ip else {}
    return {**absent, **request.headers, **forwarded}
