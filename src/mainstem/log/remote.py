"""Reading the log of a gateway on another machine, through its internal port.

Every frame is checked on this side, against the segment's own header, so neither the network nor the gateway
can hand out a record that was not written. A gateway that does not answer raises LogUnavailable: its events
wait on its disk. `http.client` costs 8 MB of memory: only who reads from elsewhere imports this.
"""

from __future__ import annotations

import http.client
import ssl
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode, urlsplit

import msgspec

from mainstem.errors import EnvironmentFailure, LogCorrupted, LogUnavailable, UsageError
from mainstem.log.format import FILE_HEADER_BYTES, frame_seed
from mainstem.log.reader import PartitionState, SegmentReader
from mainstem.log.segment import OpenSegment, Segment
from mainstem.log.served import MOST_BYTES, ServedPartition

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.config import Secret
    from mainstem.log.contract import Stream

_TIMEOUT_SECONDS = 10.0
_MOST_HEADERS = 64
"""Segment headers remembered: 32 bytes that never change, and one request less for each read."""


class Failure(msgspec.Struct, frozen=True):
    """What an answer other than 200 holds."""

    error: str
    kind: str


_KINDS = {kind.__name__: kind for kind in (UsageError, LogUnavailable, LogCorrupted, EnvironmentFailure)}


class GatewayPort:
    """One connection to the internal port of a gateway, opened when needed and again when it was lost."""

    def __init__(self, url: str, token: Secret | None) -> None:
        """`url` is `http://host:port` or `https://…`. Raises UsageError for another."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
            raise UsageError(f"{url!r} is no URL of a gateway's internal port (valid: http://host:8081)")
        self.url = f"{parts.scheme}://{parts.netloc}"
        host, port = parts.hostname, parts.port
        if parts.scheme == "https":
            context = ssl.create_default_context()
            self._connection: http.client.HTTPConnection = http.client.HTTPSConnection(
                host, port, timeout=_TIMEOUT_SECONDS, context=context
            )
        else:
            self._connection = http.client.HTTPConnection(host, port, timeout=_TIMEOUT_SECONDS)
        self._headers = {} if token is None else {"Authorization": f"Bearer {token.reveal()}"}

    def ask(self, method: str, path: str, body: bytes | None = None) -> bytes | None:
        """The body of the answer; None where what was asked for is gone (410).

        Raises LogUnavailable when there is no answer, or one that says to come again; else what it says.
        """
        status, answer = self._exchange(method, path, body)
        if status == 200:
            return answer
        if status == 410:
            return None
        if status in (401, 403):
            raise LogUnavailable(
                f"{self.url} does not take the token: [log] token here must be its [collect] internal_token"
            )
        try:
            said = msgspec.json.decode(answer, type=Failure)
        except msgspec.DecodeError:
            said = Failure(answer[:200].decode("latin-1").strip(), "")
        raise _KINDS.get(said.kind, LogUnavailable)(f"{self.url} answered {status}: {said.error}")

    def close(self) -> None:
        """Give the connection up; the next question opens another."""
        self._connection.close()

    def _exchange(self, method: str, path: str, body: bytes | None) -> tuple[int, bytes]:
        was_open = self._connection.sock is not None
        try:
            try:
                return self._send(method, path, body)
            except (ConnectionError, http.client.BadStatusLine):
                if not was_open:
                    raise
                # An idle connection that the other side has given up. Everything asked may be asked twice.
                self._connection.close()
                return self._send(method, path, body)
        except (OSError, http.client.HTTPException) as e:
            self._connection.close()
            raise LogUnavailable(f"the gateway at {self.url} does not answer: {_reason(e)}") from e

    def _send(self, method: str, path: str, body: bytes | None) -> tuple[int, bytes]:
        self._connection.request(method, path, body, self._headers)
        answer = self._connection.getresponse()
        return answer.status, answer.read()


def _reason(e: Exception) -> str:
    return getattr(e, "strerror", None) or str(e) or type(e).__name__


class HttpLogReader(SegmentReader):
    """One stream of one gateway."""

    def __init__(self, port: GatewayPort, stream: Stream) -> None:
        self._port = port
        self._path = f"/log/{stream}"
        self._known: dict[str, ServedPartition] = {}
        self._segment_headers: dict[tuple[str, int], bytes] = {}

    def close(self) -> None:
        self._port.close()

    def partitions(self) -> tuple[str, ...]:
        return tuple(msgspec.json.decode(self._port.ask("GET", self._path) or b"[]", type=list[str]))

    def consumed(self, partition: str) -> int | None:
        return self._look(partition).consumed

    def mark_consumed(self, partition: str, offset: int) -> None:
        self._tell(partition, "consumed", offset)

    def archived(self, partition: str) -> int | None:
        return self._look(partition).archived

    def mark_archived(self, partition: str, offset: int) -> None:
        self._tell(partition, "archived", offset)

    def _tell(self, partition: str, mark: str, offset: int) -> None:
        path = f"{self._path}/{quote(partition, safe='')}/{mark}"
        self._port.ask("PUT", path, msgspec.json.encode(offset))

    def _look(self, partition: str) -> ServedPartition:
        answer = self._port.ask("GET", f"{self._path}/{quote(partition, safe='')}")
        found = msgspec.json.decode(answer or b"", type=ServedPartition)
        self._known[partition] = found
        return found

    def state(self, partition: str) -> PartitionState:
        found = self._look(partition)
        return PartitionState(found.mark, [self._segment(partition, base) for base in found.bases])

    def _segment(self, partition: str, base: int) -> Segment:
        return Segment(base, Path(f"{self._port.url}{self._path}/{partition}/{base}"))

    @contextmanager
    def opened(self, partition: str, segment: Segment) -> Iterator[OpenSegment]:
        known = self._known[partition]
        ends = (*known.bases[1:], max(known.mark, known.file_end))
        end = ends[known.bases.index(segment.base)]
        file = _RemoteFile(self._port, f"{self._path}/{quote(partition, safe='')}/{segment.base}")
        seed = frame_seed(self._header(partition, segment.base, file), segment.base, str(segment.path))
        yield OpenSegment(segment.base, segment.path, file, seed, end - segment.base)

    def _header(self, partition: str, base: int, file: _RemoteFile) -> bytes:
        key = partition, base
        header = self._segment_headers.get(key)
        if header is None:
            header = file.pread(FILE_HEADER_BYTES, 0)
            while len(self._segment_headers) >= _MOST_HEADERS:
                self._segment_headers.pop(next(iter(self._segment_headers)))
            self._segment_headers[key] = header
        return header


class _RemoteFile:
    """The durable bytes of a segment, a window of them at a time."""

    def __init__(self, port: GatewayPort, path: str) -> None:
        self._port = port
        self._path = path
        self._window = b""
        self._window_at = 0

    def pread(self, size: int, position: int) -> bytes:
        """Raises FileNotFoundError when the segment has been deleted."""
        parts: list[bytes] = []
        while size > 0:
            at = position - self._window_at
            if not 0 <= at < len(self._window):
                self._window, self._window_at, at = self._fetch(position), position, 0
            part = self._window[at : at + size]
            if not part:
                break
            parts.append(part)
            size -= len(part)
            position += len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _fetch(self, position: int) -> bytes:
        query = urlencode({"from": position, "bytes": MOST_BYTES})
        found = self._port.ask("GET", f"{self._path}?{query}")
        if found is None:
            raise FileNotFoundError(self._path)
        return found

    def pwrite(self, data: bytes | memoryview, position: int) -> int:
        raise OSError("the log of another machine is only read")

    def sync(self) -> None:
        raise OSError("the log of another machine is only read")

    def truncate(self, size: int) -> None:
        raise OSError("the log of another machine is only read")

    def size(self) -> int:
        raise OSError("how long a file of another machine is stands in what is told of its partition")

    def close(self) -> None:
        pass
