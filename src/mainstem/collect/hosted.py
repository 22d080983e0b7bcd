"""Serve files to browsers from memory: the SDKs from one's own domain, where no ad blocker looks for them.

Every answer is laid out at start, plain and compressed. No path of a request ever reaches the file system.
"""

from __future__ import annotations

import gzip
import hashlib
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import msgspec

from mainstem.collect.replies import Reply, make_reply

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.collect.request import Outcome, Request, Route

MAX_FILE_BYTES = 4 * 1024 * 1024
MAX_FILES = 100
MAX_ALL_BYTES = 16 * 1024 * 1024
CACHE_CONTROL = "public, max-age=3600"
"""An hour, and then a question that is answered 304: whoever replaces an SDK waits no longer for it."""

CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".gif": "image/gif",
    ".gz": "application/gzip",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".map": "application/json; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webp": "image/webp",
}
"""Ending of the path → type. A file that ends otherwise is not hosted, for no browser would know it."""
_ALREADY_SMALL = {".gif", ".gz", ".ico", ".png", ".webp"}


class HostedFile(msgspec.Struct, frozen=True):
    """One path and all that it may answer."""

    path: str
    plain: Reply
    zipped: Reply | None
    unchanged: Reply
    etag: bytes
    """In quotes. It is sent as a weak one, because both codings of the content go by it."""

    def answer(self, request: Request) -> Outcome:
        if self.etag in request.headers.get(b"if-none-match", b""):
            return self.unchanged
        if self.zipped is not None and _takes_gzip(request.headers.get(b"accept-encoding", b"")):
            return self.zipped
        return self.plain


def host(path: str, content: bytes) -> HostedFile:
    """Lay out the answers of `path`, whose ending is one of CONTENT_TYPES."""
    ending = PurePosixPath(path).suffix
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = (f"ETag: W/{etag}", f"Cache-Control: {CACHE_CONTROL}", "Vary: Accept-Encoding")
    kind = CONTENT_TYPES[ending]
    small = None if ending in _ALREADY_SMALL else gzip.compress(content, mtime=0)
    return HostedFile(
        path,
        make_reply(200, content, kind, headers),
        make_reply(200, small, kind, (*headers, "Content-Encoding: gzip"))
        if small is not None and len(small) < len(content)
        else None,
        make_reply(304, b"", headers=headers),
        etag.encode(),
    )


def hosted_routes(files: tuple[HostedFile, ...]) -> Iterator[Route]:
    for file in files:
        yield b"GET", file.path, file.answer


def _takes_gzip(accepted: bytes) -> bool:
    for coding in accepted.lower().split(b","):
        name, _, weight = coding.partition(b";")
        if name.strip() in (b"gzip", b"*"):
            return weight.replace(b" ", b"").rstrip(b"0.") != b"q="
    return False
