"""`python -m benchmarks.bare_server FILE`: the least that a durable answer costs on an event loop in Python.

It takes whatever one read brings for a request, appends it to FILE, and answers all that wait after one
fdatasync, made in a thread. No HTTP is read, no JSON, nothing is framed, checked, bounded or limited in time:
a floor for the gateway and not a server.
"""

from __future__ import annotations

import asyncio
import os
import queue
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import uvloop

from benchmarks.processes import cores, cpu_seconds, running
from mainstem.supervise import ChildSpec, notify_ready

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME = "bare uvloop with write and fdatasync"

_ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 2\r\n"
    b"X-Content-Type-Options: nosniff\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\n\r\nok"
)


@dataclass(frozen=True)
class BareServer:
    pid: int
    url: str

    def cpu_seconds(self) -> float:
        return cpu_seconds(self.pid)


@contextmanager
def bare_server(scratch: Path) -> Iterator[BareServer]:
    """On the core of the gateway; its file is gone with the block."""
    file = scratch / "bare.data"
    command = (
        *("taskset", "--cpu-list", str(cores()[0])),
        *(sys.executable, "-m", "benchmarks.bare_server", str(file)),
    )
    try:
        with running(ChildSpec("bare", command), scratch) as child:
            yield BareServer(child.pid, child.status)
    finally:
        file.unlink(missing_ok=True)


class _Commits:
    """One write and one fdatasync at a time, of all that came meanwhile."""

    def __init__(self, file: int) -> None:
        self._loop = asyncio.get_running_loop()
        self._file = file
        self._requests: list[bytes] = []
        self._waiting: list[asyncio.Transport] = []
        self._under_way: list[asyncio.Transport] = []
        self._groups: queue.SimpleQueue[list[bytes]] = queue.SimpleQueue()
        threading.Thread(target=self._run, daemon=True).start()

    def add(self, request: bytes, sender: asyncio.Transport) -> None:
        self._requests.append(request)
        self._waiting.append(sender)
        if len(self._waiting) == 1 and not self._under_way:
            self._loop.call_soon(self._flush)

    def _flush(self) -> None:
        self._under_way, self._waiting = self._waiting, []
        requests, self._requests = self._requests, []
        self._groups.put(requests)

    def _run(self) -> None:
        while True:
            os.write(self._file, b"".join(self._groups.get()))
            os.fdatasync(self._file)
            self._loop.call_soon_threadsafe(self._answer)

    def _answer(self) -> None:
        for sender in self._under_way:
            if not sender.is_closing():
                sender.write(_ANSWER)
        self._under_way = []
        if self._waiting:
            self._loop.call_soon(self._flush)


class _Connection(asyncio.Protocol):
    def __init__(self, commits: _Commits) -> None:
        self._add = commits.add

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._add(data, self._transport)


async def _serve(path: str) -> None:
    commits = _Commits(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640))
    server = await asyncio.get_running_loop().create_server(
        lambda: _Connection(commits), "127.0.0.1", 0, backlog=1024
    )
    notify_ready(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(_serve(sys.argv[1]))
