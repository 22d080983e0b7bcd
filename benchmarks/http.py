"""A client that is as little as one can be: POST and GET on connections that stay open, with answer times."""

from __future__ import annotations

import asyncio
import itertools
import time
from http.client import HTTPConnection
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_ANSWER_SECONDS = 60.0


class Poster:
    """One connection that POSTs to the gateway."""

    def __init__(self, url: str, headers: Mapping[str, str]) -> None:
        self._connection = HTTPConnection(urlsplit(url).netloc, timeout=_ANSWER_SECONDS)
        self._headers = dict(headers)

    def post(self, path: str, body: bytes) -> float:
        """The moment (perf_counter) at which the answer 200 had come. Raises OSError for any other."""
        self._connection.request("POST", path, body, self._headers)
        answer = self._connection.getresponse()
        said = answer.read()
        if answer.status != 200:
            raise OSError(f"{path} answered {answer.status}: {said[:200]!r}")
        return time.perf_counter()

    def close(self) -> None:
        self._connection.close()


class Answered(NamedTuple):
    """One answered GET, in seconds."""

    took: float
    warehouse: float
    """What the server says the warehouse took of it."""
    queries: int
    """How many queries it had asked the warehouse by then, for everybody."""

    @property
    def server(self) -> float:
        return self.took - self.warehouse


async def users(
    url: str, paths: str | Sequence[str], token: str, count: int, seconds: float
) -> list[Answered]:
    """`count` users who each GET `paths`, one after the other and over again, as soon as the last answer
    came. All of them are got once, however long it takes.

    `token` is an API token of somebody who may see it. Raises OSError for an answer that is not 200.
    """
    round_ = (paths,) if isinstance(paths, str) else tuple(paths)
    until = time.perf_counter() + seconds
    found = await asyncio.gather(*(_user(url, round_, token, until) for _ in range(count)))
    return [answered for each in found for answered in each]


async def _user(url: str, paths: Sequence[str], token: str, until: float) -> list[Answered]:
    address = urlsplit(url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    found: list[Answered] = []
    try:
        for path in itertools.cycle(paths):
            if len(found) >= len(paths) and time.perf_counter() >= until:
                break
            lines = (f"GET {path} HTTP/1.1", f"Host: {address.netloc}", f"Authorization: Bearer {token}")
            began = time.perf_counter()
            writer.write("\r\n".join((*lines, "", "")).encode())
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            headers = _headers(head)
            await reader.readexactly(int(headers["content-length"]))
            took = time.perf_counter() - began
            if not head.startswith("HTTP/1.1 200"):
                raise OSError(f"{path} answered {head.splitlines()[0]}")
            said = headers.get("x-warehouse-seconds", "0"), headers.get("x-warehouse-queries", "0")
            found.append(Answered(took, float(said[0]), int(said[1])))
    finally:
        writer.close()
        await writer.wait_closed()
    return found


def _headers(head: str) -> dict[str, str]:
    lines = (line.partition(":") for line in head.splitlines()[1:])
    return {name.strip().lower(): value.strip() for name, _, value in lines}
