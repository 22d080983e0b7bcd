"""The requests of one connection, put together from what a parser finds in its bytes; every size has a limit.

`RequestReader` knows where in a request the next bytes belong and gives each whole one to `_arrived`. When to
answer and whether to read on is for the `Connection` that inherits it: an object beside it would cost a call
more for everything that the parser finds.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from enum import Enum, auto
from typing import TYPE_CHECKING

import httptools

from mainstem.collect.browser import CORS_REQUEST_HEADERS
from mainstem.collect.replies import BODY_TOO_LARGE, HEADERS_TOO_LARGE, MALFORMED
from mainstem.collect.request import FORWARDED_HEADERS, HANDLED_HEADERS, Request

if TYPE_CHECKING:
    from mainstem.collect.connections import Connections
    from mainstem.collect.replies import Reply

_FRAMING = (b"content-length", b"transfer-encoding", b"expect")
_MAX_PARTS = 256
"""Pieces of a body that are kept as they came; chunks of two bytes would cost 28 times their size each."""
_KEPT_HEADERS = frozenset((*HANDLED_HEADERS, *CORS_REQUEST_HEADERS, *_FRAMING))
_KEPT_FROM_PROXY = _KEPT_HEADERS.union(FORWARDED_HEADERS)


class Phase(Enum):
    """Where in a request the bytes that arrive next belong."""

    IDLE = auto()
    HEADERS = auto()
    BODY = auto()
    ENDING = auto()
    """No further request is read from this connection."""


class RequestReader(ABC):
    """One connection's reading. The parser calls what is named `on_`; who inherits gives bytes to `_feed`."""

    def __init__(self, shared: Connections) -> None:
        self.shared = shared
        self._parser = httptools.HttpRequestParser(self)
        self._phase = Phase.IDLE
        self._peer = ""
        self._proxied = False
        self._kept_headers = _KEPT_HEADERS
        self._begin_request()

    @abstractmethod
    def _arrived(self, request: Request) -> None:
        """Take a request that is read to its end; the phase is IDLE."""

    @abstractmethod
    def _refuse(self, reply: Reply) -> None:
        """Answer what cannot be read to its end, then read no more of it."""

    @abstractmethod
    def _invite_body(self) -> None:
        """Answer a sender that asks before it sends a body."""

    def _comes_from(self, peer: str) -> None:
        self._peer = peer
        if self.shared.proxies.trusts(peer):
            self._proxied = True
            self._kept_headers = _KEPT_FROM_PROXY

    def _begin_request(self) -> None:
        self._url = b""
        self._headers: dict[bytes, bytes] = {}
        self._header_bytes = 0
        self._raw_header_bytes = 0
        self._parts: list[bytes | bytearray] = []
        self._body_bytes = 0

    # Called by the parser

    def on_message_begin(self) -> None:
        if self._phase is not Phase.ENDING:
            self._phase = Phase.HEADERS
            self._begin_request()

    def on_url(self, url: bytes) -> None:
        self._url += url
        self._header_bytes += len(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._phase is not Phase.HEADERS:
            return  # a trailer: too late to change what the request means
        self._header_bytes += len(name) + len(value) + 4
        name = name.lower()
        if name in self._kept_headers or (self.shared.keeps_every_header and name not in FORWARDED_HEADERS):
            self._headers[name] = value

    def on_headers_complete(self) -> None:
        if self._phase is not Phase.HEADERS or self._parser.should_upgrade():
            return
        self._limit_header(self._header_bytes)
        length = self._headers.get(b"content-length")
        if self._phase is not Phase.HEADERS:
            return
        if length is not None and int(length) > self.shared.settings.max_body_bytes:
            self._refuse(BODY_TOO_LARGE)
            return
        self._phase = Phase.BODY
        if b"expect" in self._headers:
            self._invite_body()

    def on_body(self, chunk: bytes) -> None:
        if self._phase is not Phase.BODY:
            return
        self._body_bytes += len(chunk)
        if self._body_bytes > self.shared.settings.max_body_bytes:
            self._refuse(BODY_TOO_LARGE)
        elif len(self._parts) < _MAX_PARTS:
            self._parts.append(chunk)
        else:
            if len(self._parts) == _MAX_PARTS:
                self._parts.append(bytearray())
            self._parts[-1] += chunk

    def on_message_complete(self) -> None:
        if self._phase is not Phase.BODY:
            return
        shared = self.shared
        path, _, query = self._url.partition(b"?")
        if not path.startswith(b"/"):
            path = _path_of(self._url)
        method = self._parser.get_method()
        request = Request(
            method,
            path,
            query,
            self._headers,
            b"".join(self._parts),
            self._client() if self._proxied else self._peer,
            shared.clock.stamp(),
        )
        self._phase = Phase.IDLE
        self._parts = []
        self._body_bytes = 0
        self._arrived(request)

    # Steps

    def _feed(self, data: bytes) -> None:
        rest: bytes | memoryview = data
        while rest and self._phase is not Phase.ENDING:
            try:
                self._parser.feed_data(rest)
                return
            except httptools.HttpParserUpgrade as e:
                rest = memoryview(rest)[e.args[0] :]
                self._read_without_upgrade()

    def _read_without_upgrade(self) -> None:
        """Nothing is upgraded. The parser has left the body unread, so the request is read again
        without the offer; clients of the JDK offer h2c with every POST."""
        method = self._parser.get_method()
        if self._phase is not Phase.HEADERS:
            return
        if method == b"CONNECT":
            self._refuse(MALFORMED)
            return
        headers = {
            **self._headers,
            b"connection": b"keep-alive" if self._parser.should_keep_alive() else b"close",
        }
        headers.pop(b"upgrade", None)
        lines = b"".join(name + b": " + value + b"\r\n" for name, value in headers.items())
        head = method + b" " + self._url + b" HTTP/1.1\r\n" + lines + b"\r\n"
        self._parser = httptools.HttpRequestParser(self)
        self._parser.feed_data(head)

    def _client(self) -> str:
        forwarded_for = self._headers.get(b"x-forwarded-for")
        return self.shared.proxies.client(self._peer, forwarded_for) if forwarded_for else self._peer

    def _limit_header(self, size: int) -> None:
        if size > self.shared.settings.max_header_bytes:
            self._refuse(HEADERS_TOO_LARGE)


def _path_of(url: bytes) -> bytes:
    """The path of a request target in absolute form, which clients of a proxy send."""
    try:
        return httptools.parse_url(url).path or b"/"
    except httptools.HttpParserInvalidURLError:
        return url
