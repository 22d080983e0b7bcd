"""HTTP/1.1 on a socket: bytes to `Request`, `Outcome` to bytes, answers in the order of the questions.

Measured at 11.7 µs a request where nginx takes 11.2, uvicorn 23 and aiohttp 40. Every size and every
wait has a limit. A request that is too slow is cut off without an answer, because every SDK retries a
lost connection, while rudder-sdk-python drops its events on 408. Nothing here knows what an event is.
"""

from __future__ import annotations

import asyncio
import math
from collections import deque
from typing import TYPE_CHECKING, cast

import httptools

from mainstem.collect.exchange import Exchange
from mainstem.collect.repeat import MAX_DIGITS, repeat_of
from mainstem.collect.replies import MALFORMED, OK_ENDING, Reply
from mainstem.collect.request import Accepted, Request, with_body
from mainstem.collect.request_reader import Phase, RequestReader

if TYPE_CHECKING:
    from mainstem.collect.connections import Connections
    from mainstem.collect.repeat import Repeat
    from mainstem.collect.request import Outcome

_IDLE = Phase.IDLE


class Connection(RequestReader, asyncio.Protocol):
    """One client. `Connections` calls the methods without an underscore; so does the event loop."""

    def __init__(self, shared: Connections) -> None:
        super().__init__(shared)
        self._intake = shared.intake
        self._max_body_bytes = shared.settings.max_body_bytes
        self.deadline = math.inf
        self.held = 0
        """Bytes of an unfinished body that are counted in `shared`."""
        self._transport: asyncio.Transport | None = None
        self._exchanges: deque[Exchange] = deque()
        self._undecided: deque[tuple[Exchange, Request]] = deque()
        self._reading = True
        self._writable = True
        self._linger = False
        self._completed = 0
        """Requests that the parser has read to their end."""
        self._read_last: Request | None = None
        self._repeat: Repeat | None = None
        """The last request, where one like it can be recognised."""
        self._quick = False
        """A request that took the short way is owed its answer, and nobody is in line."""
        self._lined_up: Exchange | None = None
        """Where that request is in line after all."""

    # Called by the event loop

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        peer = transport.get_extra_info("peername")
        self._comes_from(peer[0] if isinstance(peer, tuple) else "")
        self.deadline = self.shared.now() + self.shared.settings.first_byte_timeout
        if not self.shared.add(self) or self.shared.ending:
            self._refuse(self.shared.unavailable)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._phase = Phase.ENDING
        self._undecided.clear()
        self._parts.clear()
        self._hold(0)
        self.shared.remove(self)
        del self._parser  # it refers back to here, and a cycle would wait for the collector

    def data_received(self, data: bytes) -> None:
        repeat = self._repeat
        if repeat is not None and self._phase is _IDLE and not self._quick and not self._exchanges:
            body = repeat.body_of(data)
            if body is not None and len(body) <= self._max_body_bytes and not self._intake.full:
                self._take(repeat, body)
                return
        self._read(data)

    def _take(self, repeat: Repeat, body: bytes) -> None:
        """A whole request in the place of the last one: by the short way, or else past the parser only."""
        stamp = self.shared.clock.stamp()
        outcome = repeat.again(body, stamp)
        if isinstance(outcome, bytes):
            self._quick = True
            self.deadline = math.inf
            if self._intake.submit_record(outcome, self):
                self.shared.settle_reading()
            return
        exchange = Exchange(self, repeat.request.method, repeat.request.headers, False)
        self._exchanges.append(exchange)
        self._act(exchange, outcome or self.shared.handle(with_body(repeat.request, body, stamp)))
        self._set_deadline()
        self.settle_reading()

    def _read(self, data: bytes) -> None:
        phase, headers = self._phase, self._headers
        if phase is Phase.ENDING:
            return
        self._line_up()
        is_fresh, parser, completed = not self._exchanges and phase is _IDLE, self._parser, self._completed
        try:
            self._feed(data)
        except httptools.HttpParserCallbackError:
            raise  # a fault of ours: the event loop logs it and closes the connection
        except httptools.HttpParserError:
            # Whatever follows `Connection: close` is an error to the parser, and none of ours.
            if self._phase is not Phase.ENDING:
                self._refuse(MALFORMED)
        if self._headers is not headers or self._phase is not phase:
            self._set_deadline()
        elif phase is Phase.HEADERS:
            self._raw_header_bytes += len(data)
            self._limit_header(self._raw_header_bytes)
        elif phase is Phase.BODY and self._body_bytes == self.held:
            # Chunk extensions and trailers; the parser keeps a trailer until it ends.
            self._raw_header_bytes += len(data)
            self._limit_header(self._raw_header_bytes)
        if self._body_bytes != self.held:
            self._raw_header_bytes = 0
            self._hold(self._body_bytes + sum(len(request.body) for _, request in self._undecided))
        if self._phase is _IDLE:
            is_whole = is_fresh and self._parser is parser and self._completed == completed + 1
            self._repeat = self._learnt(data) if is_whole else None
        self._read_last = None
        self.settle_reading()

    def eof_received(self) -> bool:
        """Keep the half-open connection while answers are owed; asyncio closes it on False."""
        self._line_up()
        self._phase = Phase.ENDING
        if self._linger or not self._exchanges:
            return False
        self._exchanges[-1].close = True
        self._set_deadline()
        return True

    def pause_writing(self) -> None:
        self._line_up()
        self._writable = False
        self._set_deadline()
        self.settle_reading()

    def resume_writing(self) -> None:
        self._writable = True
        self._set_deadline()
        self.settle_reading()

    # Called by the reader

    def _arrived(self, request: Request) -> None:
        self._completed += 1
        self._read_last = request
        exchange = Exchange(self, request.method, request.headers, False)
        if self.shared.ending or not self._parser.should_keep_alive():
            exchange.close = True
            self._phase = Phase.ENDING
        self._exchanges.append(exchange)
        if self._intake.full:
            self._undecided.append((exchange, request))
        else:
            self._decide(exchange, request)

    def _refuse(self, reply: Reply) -> None:
        exchange = Exchange(self, b"", self._headers, True)
        self._phase = Phase.ENDING
        self._linger = True
        self._parts = []
        self._body_bytes = 0
        self._exchanges.append(exchange)
        self.answer(exchange, reply)

    def _invite_body(self) -> None:
        if self._headers[b"expect"].lower() == b"100-continue" and not self._exchanges and self._transport:
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    # Called by those who share this connection

    @property
    def expected(self) -> int:
        """Bytes that the body under way may have in the end."""
        return int(self._headers.get(b"content-length", self._max_body_bytes))

    def done(self, durable: bool) -> None:
        """Answer the request that took the short way."""
        if not durable:
            self._line_up()
        lined_up = self._lined_up
        if lined_up is not None:
            self._lined_up = None
            lined_up.done(durable)
            return
        self._quick = False
        transport, repeat, shared = self._transport, self._repeat, self.shared
        if transport is not None and repeat is not None:
            transport.write(shared.ok if not repeat.cors else shared.ok_opening + repeat.cors + OK_ENDING)
            self.deadline = shared.idle_until

    def answer(self, exchange: Exchange, reply: Reply) -> None:
        """Write this answer, and those after it that waited for it, as soon as it is its turn."""
        exchange.reply = reply
        transport = self._transport
        if transport is None:
            return
        exchanges = self._exchanges
        lines = []
        last = None
        date_line = self.shared.clock.date_line()
        while exchanges and exchanges[0].reply is not None:
            last = exchanges.popleft()
            lines.append(last.wire(cast(Reply, last.reply), date_line))
        if last is None:
            return
        transport.write(lines[0] if len(lines) == 1 else b"".join(lines))
        if last.close:
            self._close(transport)
        elif not exchanges and self._phase is Phase.IDLE:
            self._set_deadline()
        if not self._reading:
            self.settle_reading()

    def settle_reading(self) -> None:
        """Read exactly while there is room for what would be read."""
        wanted = (
            self._writable
            and not self._intake.full
            and len(self._exchanges) < self.shared.settings.max_pipelined
            and self.shared.room.admits(self)
        )
        transport = self._transport
        if wanted is self._reading or transport is None or transport.is_closing():
            return
        self._reading = wanted
        if wanted:
            transport.resume_reading()
            self._set_deadline()
        else:
            transport.pause_reading()
            if self._writable:
                self.deadline = math.inf  # for once it is not the client who takes his time

    def go_on(self) -> None:
        """There is room again: decide what arrived meanwhile, then read on."""
        while self._undecided and not self.shared.intake.full:
            self._decide(*self._undecided.popleft())
        self.settle_reading()

    def finish(self) -> None:
        """Close after what has been begun; at once if that is nothing."""
        self._line_up()
        if self._phase is Phase.IDLE:
            self._phase = Phase.ENDING
            if self._exchanges:
                self._exchanges[-1].close = True
            elif self._transport is not None:
                self._transport.close()

    def abort(self) -> None:
        """Cut the connection without an answer."""
        self._phase = Phase.ENDING
        self._parts = []
        self._undecided.clear()
        self._hold(0)
        if self._transport is not None:
            self._transport.abort()

    # Steps

    def _learnt(self, data: bytes) -> Repeat | None:
        """How to recognise what comes next if it is like the request that `data` was. A connection's first
        one is not worth it: many bring no second."""
        request, most = self._read_last, self.shared.settings.max_header_bytes
        if request is None or self._completed < 2 or self._header_bytes + MAX_DIGITS > most:
            return None
        return repeat_of(data, request, self.shared.again)

    def _line_up(self) -> None:
        """Give the request that took the short way a place in line, now that the line matters."""
        repeat = self._repeat
        if self._quick and repeat is not None:
            self._quick = False
            self._lined_up = Exchange(self, repeat.request.method, repeat.request.headers, False)
            self._lined_up.accepted = Accepted([], [])
            self._exchanges.append(self._lined_up)

    def _decide(self, exchange: Exchange, request: Request) -> None:
        self._act(exchange, self.shared.handle(request))

    def _act(self, exchange: Exchange, outcome: Outcome) -> None:
        if not isinstance(outcome, Accepted):
            self.answer(exchange, outcome)
        elif outcome.records or outcome.quarantined:
            exchange.accepted = outcome
            self._intake.submit(outcome, exchange)
            if self._intake.full:
                self.shared.settle_reading()
        else:
            self.answer(exchange, outcome.reply)

    def _close(self, transport: asyncio.Transport) -> None:
        self._phase = Phase.ENDING
        if self._linger and transport.can_write_eof():
            # Closing on a sender that still writes resets the connection and destroys the answer.
            transport.write_eof()
            self.deadline = self.shared.now() + self.shared.settings.linger_timeout
        else:
            transport.close()

    def _hold(self, size: int) -> None:
        more = size - self.held
        self.held = size
        if more:
            self.shared.room.count(self, more)

    def _set_deadline(self) -> None:
        """Each wait is counted from its beginning; bytes that trickle in do not prolong it."""
        settings = self.shared.settings
        if not self._writable:
            wait = settings.body_timeout
        elif self._phase is Phase.HEADERS:
            wait = settings.header_timeout
        elif self._phase is Phase.BODY:
            wait = settings.body_timeout
        elif self._exchanges:
            wait = math.inf
        else:
            wait = settings.linger_timeout if self._phase is Phase.ENDING else settings.idle_timeout
        self.deadline = self.shared.now() + wait
