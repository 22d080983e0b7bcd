"""Which files were read, in little room: 16 bytes a file, so that a hundred thousand fit into a position.

A file is its path and version. Of those that may grow the newest are kept with where reading ended; any
other that changed is read anew.
"""

from __future__ import annotations

import base64
import hashlib
from typing import IO, TYPE_CHECKING, Any, Protocol

import msgspec

if TYPE_CHECKING:
    from mainstem.connectors.files.places import StoredFile

_HALF = 8
_TAILS = 1000
_SAMPLE = 4096


class Tail(msgspec.Struct, frozen=True):
    """Where reading of a file that may grow ended."""

    modified: float
    offset: int
    line: int
    head: str
    """Digest of the first bytes before `offset`, 4096 at most."""
    last: str
    """Digest of the last bytes before it."""
    names: list[str]
    delimiter: str
    quote: str
    rows: int
    rejected: int
    open_through: int
    """The last line that was read behind `offset`, where the last record had no end: these are read again
    when the file has grown."""


class Known:
    def __init__(self, packed: str = "", tails: dict[str, Any] | None = None) -> None:
        raw = base64.b64decode(packed)
        self._versions = {
            raw[at : at + _HALF]: raw[at + _HALF : at + 2 * _HALF] for at in range(0, len(raw), 2 * _HALF)
        }
        self.tails = {name: msgspec.convert(tail, Tail) for name, tail in (tails or {}).items()}

    def has(self, file: StoredFile) -> bool:
        return self._versions.get(_digest(file.path)) == _digest(file.version)

    def add(self, file: StoredFile, tail: Tail | None = None) -> None:
        self._versions[_digest(file.path)] = _digest(file.version)
        self.tails.pop(file.path, None)
        if tail is not None:
            self.tails[file.path] = tail
        if len(self.tails) > _TAILS:
            del self.tails[min(self.tails, key=lambda name: self.tails[name].modified)]

    def remove(self, path: str) -> None:
        self._versions.pop(_digest(path), None)
        self.tails.pop(path, None)

    def written(self) -> dict[str, Any]:
        packed = b"".join(path + version for path, version in self._versions.items())
        return {"known": base64.b64encode(packed).decode(), "tails": msgspec.to_builtins(self.tails)}


def samples(file: IO[bytes], offset: int) -> tuple[str, str]:
    """Digests of the first and the last bytes before `offset`."""
    file.seek(0)
    head = _text_digest(file.read(min(offset, _SAMPLE)))
    file.seek(max(offset - _SAMPLE, 0))
    return head, _text_digest(file.read(min(offset, _SAMPLE)))


class Ending(Protocol):
    @property
    def offset(self) -> int: ...
    @property
    def head(self) -> str: ...
    @property
    def last(self) -> str: ...


def has_grown(file: IO[bytes], ending: Ending) -> bool:
    """Whether what was read of it still stands before what is new. The file is at its beginning then."""
    found = samples(file, ending.offset)
    file.seek(0)
    return found == (ending.head, ending.last)


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=_HALF).digest()


def _text_digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()
