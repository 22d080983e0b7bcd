"""The log of a try, as its keeper writes it.

Promise: every line that the program wrote, in its order, with every secret struck before it reaches the disk;
a disk that takes nothing holds up no program. It imports the standard library alone: keepers load it by its
file, in no package.
"""

from __future__ import annotations

import contextlib
import os
import re

_CHUNK = 1 << 16
_LONGEST_LINE = 1 << 16
"""Bytes of a line that has not ended which are held back from the log, at most."""
_STRUCK = b"***"


class Log:
    """From a program's output to its log, line by line, with every secret struck."""

    def __init__(self, descriptor: int, path: str, secrets: list[str], most: int | None = None) -> None:
        """`secrets` are all spellings, the longest first. Of more than `most` bytes the rest is read and
        counted, not kept: one program that never stops talking must not fill the disk of all."""
        self.descriptor = descriptor
        os.set_blocking(descriptor, False)
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o640)
        spellings = [text.encode(errors="surrogateescape") for text in secrets]
        self._secrets = re.compile(b"|".join(map(re.escape, spellings))) if spellings else None
        self._longest = max(map(len, spellings), default=1)
        self._held = b""
        self._refused = 0
        self._left = float("inf") if most is None else float(most)
        self._past = 0

    def take(self) -> bool:
        """Read what is there; False when nothing more will come."""
        try:
            read = os.read(self.descriptor, _CHUNK)
        except BlockingIOError:
            return True
        self._held += read
        lines, newline, rest = self._held.rpartition(b"\n")
        if newline:
            self._put(lines + newline)
            self._held = rest
        if len(self._held) > _LONGEST_LINE:
            self._put_part()
        return bool(read)

    def finish(self) -> None:
        """Write all that is left. What could still write to the pipe is dead, or none of the try."""
        with contextlib.suppress(BlockingIOError):
            while read := os.read(self.descriptor, _CHUNK):
                self._held += read
                if len(self._held) > _LONGEST_LINE:
                    lines, newline, self._held = self._held.rpartition(b"\n")
                    self._put(lines + newline)
                    self._put_part()
        if self._held:
            self._put(self._held)
        if self._refused:
            self._put(b"")
        if self._past:
            with contextlib.suppress(OSError):
                _write_all(self._file, b"[mainstem] %d bytes of output more were not kept\n" % self._past)

    def _put_part(self) -> None:
        """Of a line without end, all but what a secret could still begin in."""
        cut = len(self._held) - self._longest + 1
        if self._secrets is not None:
            for found in self._secrets.finditer(self._held):
                if found.start() < cut < found.end():
                    cut = found.end()
        if cut > 0:
            self._put(self._held[:cut])
            self._held = self._held[cut:]

    def _put(self, text: bytes) -> None:
        """What the disk refuses is counted, and told once it takes bytes again: the program goes on."""
        if self._left <= 0:
            self._past += len(text)
            return
        if self._secrets is not None:
            text = self._secrets.sub(_struck, text)
        self._left -= len(text)
        if self._left <= 0:
            text += b"\n[mainstem] the log ends here: it is as long as [runner] longest_log_mb allows\n"
        try:
            if self._refused:
                _write_all(self._file, b"[mainstem] %d bytes of output could not be kept\n" % self._refused)
                self._refused = 0
            while text:
                text = text[os.write(self._file, text) :]
        except OSError:
            self._refused += len(text)

    def missing(self) -> str:
        """Behind the reason of an outcome: what the disk refused to the last. Empty: all is kept."""
        return f"; {self._refused} bytes of its output could not be kept" if self._refused else ""


def _struck(secret: re.Match[bytes]) -> bytes:
    """Lines stay lines."""
    return b"\n".join([_STRUCK] * (secret[0].count(b"\n") + 1))


def _write_all(descriptor: int, text: bytes) -> None:
    while text:
        text = text[os.write(descriptor, text) :]
