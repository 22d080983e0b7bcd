"""A request as a service looks at it, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import msgspec


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    """Without the service's prefix."""
    query: dict[str, str]
    """What is given several times has its values joined by commas."""
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes
    base_url: str
    """Under which the client reached the service: what links begin with."""

    def json(self) -> Any:
        """Raises ValueError for a body that is none."""
        return msgspec.json.decode(self.body)

    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode()))


@dataclass(frozen=True)
class Answer:
    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    sent_bytes: int | None = None
    """So many bytes of the body are sent, then the connection ends; None for all."""
    hangs: bool = False
    """Nothing is answered until the client gives up."""


def json_answer(content: object, status: int = 200, headers: dict[str, str] | None = None) -> Answer:
    return Answer(
        status, msgspec.json.encode(content), {"Content-Type": "application/json", **(headers or {})}
    )
