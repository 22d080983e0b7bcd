"""Serve dbt runs on a Unix socket, one after the other in the order they came.

Threads take requests in; the main thread runs them, because that is where signals arrive. A request that
was queued is answered, if only with the reason why it was not run.
"""

from __future__ import annotations

import contextlib
import queue
import socket
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from mainstem.transform.builds import failed
from mainstem.transform.endpoint import listen
from mainstem.transform.messages import Queued, Request, decode_request, encode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from mainstem.transform.builds import Builds
    from mainstem.transform.messages import Event

_SEND_SECONDS = 2.0
"""How long the run waits for a client that does not read what it is told, once."""
_REQUEST_SECONDS = 10.0
"""How long a client may take to say what it wants."""


@dataclass(frozen=True)
class _Job:
    request: Request
    client: socket.socket
    gone: threading.Event = field(default_factory=threading.Event)

    def tell(self, event: Event) -> None:
        """A client that has gone, or does not read, misses the rest: the run is worth finishing."""
        if self.gone.is_set():
            return
        try:
            self.client.sendall(encode(event))
        except OSError:
            self.gone.set()


class Worker:
    """`serve` in the main thread; `stop` from any other ends it."""

    def __init__(self, builds: Builds, socket_path: Path) -> None:
        self._builds = builds
        self._path = socket_path
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._counting = threading.Lock()
        self._waiting = 0

    def serve(self, ready: Callable[[], None] = lambda: None) -> None:
        """Run requests until told to stop.

        `ready` is called when the socket answers. Raises EnvironmentFailure when another worker does, and
        FatalError when a run left the catalog damaged.
        """
        server = listen(self._path)
        try:
            with contextlib.suppress(KeyboardInterrupt):
                threading.Thread(target=self._take_in, args=(server,), daemon=True).start()
                ready()
                while not self._builds.stopping and (job := self._jobs.get()) is not None:
                    self._run(job)
        finally:
            self._path.unlink(missing_ok=True)
            with contextlib.suppress(OSError):  # wakes the accepting thread; unconnected sockets say so
                server.shutdown(socket.SHUT_RDWR)
            server.close()
            self._turn_away()

    def stop(self) -> None:
        """End with the run that is under way."""
        self._builds.stop()
        self._jobs.put(None)

    def _run(self, job: _Job) -> None:
        with self._counted_down(), job.client:
            self._builds.run(job.request, job.tell)

    @contextlib.contextmanager
    def _counted_down(self) -> Iterator[None]:
        try:
            yield
        finally:
            with self._counting:
                self._waiting -= 1

    def _take_in(self, server: socket.socket) -> None:
        while True:
            try:
                client, _ = server.accept()
            except OSError:  # closed: the worker ends
                return
            threading.Thread(target=self._read_request, args=(client,), daemon=True).start()

    def _read_request(self, client: socket.socket) -> None:
        client.settimeout(_REQUEST_SECONDS)
        try:
            with client.makefile("rb") as lines:
                request = decode_request(lines.readline())
        except (OSError, msgspec.MsgspecError) as e:
            with client, contextlib.suppress(OSError):
                client.sendall(encode(failed(f"not a request: {e}")))
            return
        client.settimeout(_SEND_SECONDS)
        job = _Job(request, client)
        with self._counting:
            job.tell(Queued(self._waiting))
            self._waiting += 1
            self._jobs.put(job)

    def _turn_away(self) -> None:
        while True:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                return
            if job is not None:
                with job.client:
                    job.tell(failed("not run: the dbt worker was told to end"))
