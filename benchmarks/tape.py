"""What a simulated service was asked, and the same asked again by a client that does nothing else.

It is the fair limit of a connector: the same requests, one after another over one connection, with answers
read as what they are (JSON or CSV) and thrown away. A job that was made by a request is made again, but its
state and its result are asked of the first one.
"""

from __future__ import annotations

import csv
import io
from contextlib import contextmanager
from typing import TYPE_CHECKING

import msgspec
import requests

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.simulate.saas import Service
    from mainstem.simulate.saas.http import Answer, Request

_OF_THE_CONNECTION = frozenset({"host", "connection", "content-length", "accept-encoding"})


class AskedAgainDiffers(Exception):
    """The service answered the same request with another status than before."""


class Tape:
    """Requests of one service, each with the status it was answered with."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self.asked: list[tuple[Request, int]] = []

    @contextmanager
    def recording(self) -> Iterator[None]:
        """What was recorded before is forgotten."""
        self.asked = []
        handle = self._service.handle

        def recorded(request: Request) -> Answer:
            answer = handle(request)
            self.asked.append((request, answer.status))
            return answer

        self._service.handle = recorded  # type: ignore[method-assign] # any service, without one of its own
        try:
            yield
        finally:
            del self._service.handle  # the instance's; that of the class stands again

    def ask_again(self, base_url: str) -> None:
        """Raises AskedAgainDiffers."""
        with requests.Session() as session:
            for asked, status in self.asked:
                headers = {
                    name: value for name, value in asked.headers.items() if name not in _OF_THE_CONNECTION
                }
                answer = session.request(
                    asked.method,
                    base_url + asked.path,
                    params=asked.query,
                    data=asked.body,
                    headers=headers,
                    allow_redirects=False,
                )
                if answer.status_code != status:
                    raise AskedAgainDiffers(
                        f"{asked.method} {asked.path}: {answer.status_code}, not {status}"
                    )
                _read(answer)


def _read(answer: requests.Response) -> None:
    kind = answer.headers.get("Content-Type", "")
    if "csv" in kind:
        for _ in csv.reader(io.StringIO(answer.text)):
            pass
    elif "json" in kind and answer.content:
        msgspec.json.decode(answer.content)
