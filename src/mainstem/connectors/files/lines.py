"""A file as lines: decompressed, each with its number and where it ends, none longer than is allowed.

What cannot be read any further (a compressed file that is cut off) is told once, at the line it stops.
"""

from __future__ import annotations

import bz2
import codecs
import gzip
import io
import zlib
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, cast

import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Iterator

_PIECE = 1024 * 1024
_WIDE = ("utf-16", "utf-32")
BROKEN: tuple[type[Exception], ...] = (EOFError, zlib.error, UnicodeError, pa.ArrowException)
"""What reading raises of a file that is damaged."""


@dataclass(frozen=True)
class Line:
    number: int
    """From 1, in the file."""
    data: bytes
    """With its line end. Text in UTF-8 where the file's own encoding has several bytes a letter."""
    end: int
    """Bytes of the decompressed file up to its end."""
    is_ended: bool
    """Whether a line end stands behind it: else more of it may be on its way."""
    problem: str = ""


def is_plain(path: str, encoding: str) -> bool:
    """Whether the file can be gone on with from the middle, and grows at its end."""
    return not path.endswith((".gz", ".zst", ".bz2")) and not _is_wide(encoding)


def text_encoding(encoding: str) -> str:
    """Of the lines."""
    return "utf-8" if _is_wide(encoding) else encoding


def opened(raw: IO[bytes], path: str, encoding: str) -> IO[bytes]:
    """The file decompressed, by its name."""
    if path.endswith(".gz"):
        raw = cast("IO[bytes]", gzip.GzipFile(fileobj=raw))
    elif path.endswith(".zst"):
        raw = io.BufferedReader(pa.CompressedInputStream(pa.PythonFile(raw, "r"), "zstd"))
    elif path.endswith(".bz2"):
        raw = bz2.BZ2File(raw)
    if _is_wide(encoding):
        raw = io.BytesIO(codecs.decode(raw.read(), encoding).encode())
    return raw


def lines(stream: IO[bytes], begin: int, number: int, longest: int) -> Iterator[Line]:
    """Lines behind byte `begin`, the first of them `number` + 1."""
    end = begin
    try:
        _skip(stream, begin)
        while data := stream.readline(longest + 1):
            number += 1
            problem = ""
            if len(data) > longest:
                problem = f"longer than {longest // 1024} KiB"
                end += len(data)
                while data and not data.endswith(b"\n"):
                    data = stream.readline(_PIECE)
                    end += len(data)
                yield Line(number, b"", end, data.endswith(b"\n"), problem)
                continue
            end += len(data)
            yield Line(number, data, end, data.endswith(b"\n"))
    except BROKEN as e:
        yield Line(number + 1, b"", end, True, f"the file cannot be read from here on: {_said(e)}")
    except OSError as e:
        if not isinstance(e, gzip.BadGzipFile) and e.errno is not None:
            raise
        yield Line(number + 1, b"", end, True, f"the file cannot be read from here on: {_said(e)}")


def _skip(stream: IO[bytes], begin: int) -> None:
    if begin and stream.seekable():
        stream.seek(begin)
        return
    while begin > 0 and (found := stream.read(min(begin, _PIECE))):
        begin -= len(found)


def _is_wide(encoding: str) -> bool:
    return codecs.lookup(encoding).name.startswith(_WIDE)


def _said(e: Exception) -> str:
    """Without what stands in the file."""
    return e.reason if isinstance(e, UnicodeDecodeError) else str(e) or type(e).__name__
