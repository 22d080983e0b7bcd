"""One request and its answer, in line behind those before it on the same connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from mainstem.collect.browser import cors_headers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mainstem.collect.replies import Reply
    from mainstem.collect.request import Accepted
    from mainstem.collect.transport import Connection


class Exchange:
    """One request and its answer, in line behind those before it."""

    __slots__ = ("_connection", "accepted", "close", "headers", "method", "reply")

    def __init__(
        self, connection: Connection, method: bytes, headers: Mapping[bytes, bytes], close: bool
    ) -> None:
        self._connection = connection
        self.method = method
        self.headers = headers
        self.close = close
        self.accepted: Accepted | None = None
        self.reply: Reply | None = None

    def done(self, durable: bool) -> None:
        accepted = cast("Accepted", self.accepted)
        failure = accepted.otherwise or self._connection.shared.unavailable
        self._connection.answer(self, accepted.reply if durable else failure)

    def wire(self, reply: Reply, date_line: bytes) -> bytes:
        parts = [reply.head, date_line]
        if b"origin" in self.headers:
            parts.append(cors_headers(self.headers, preflight=self.method == b"OPTIONS"))
        if self.close:
            parts.append(b"Connection: close\r\n")
        parts.append(b"\r\n")
        if self.method != b"HEAD":
            parts.append(reply.body)
        return b"".join(parts)
