"""Nodes kept on disk, so that only files that changed are parsed.

One file a project, MessagePack: `{version, documents: {file: (digest of its bytes, document)}}`. A cache
that is of another version, cut off or not one at all is as good as none, and is written anew, whole or not
at all (a temporary file takes its place). Nothing is read from it that the digest of a file does not vouch
for.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from pathlib import Path

import msgspec

from mainstem.semantics.syntax.documents import Document, read_document


class _Stored(msgspec.Struct, array_like=True):
    version: str
    documents: dict[str, tuple[bytes, Document]]


class NodeCache:
    """`document` answers from the cache where it can; `save` writes what was asked for, if it changed."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._known = _load(path) if path else {}
        self._asked: dict[str, tuple[bytes, Document]] = {}

    def document(self, file: str, content: bytes) -> Document:
        digest = hashlib.blake2b(content, digest_size=16).digest()
        known = self._known.get(file)
        if known is None or known[0] != digest:
            known = (digest, read_document(content, file))
        self._asked[file] = known
        return known[1]

    def save(self) -> None:
        """A cache that cannot be written is one that is not there next time."""
        if self._path is None or self._asked == self._known:
            return
        with contextlib.suppress(OSError):
            write_whole(self._path, msgspec.msgpack.encode(_Stored(version(), self._asked)))


def version() -> str:
    """Of the modules that make documents: another parser must not read this one's nodes."""
    digest = hashlib.blake2b(digest_size=16)
    for module in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(module.read_bytes())
    return digest.hexdigest()


def write_whole(path: Path, content: bytes) -> None:
    """Readers see the old file or the new one, never half of either. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def _load(path: Path) -> dict[str, tuple[bytes, Document]]:
    try:
        stored = msgspec.msgpack.decode(path.read_bytes(), type=_Stored)
    except (OSError, msgspec.MsgspecError):
        return {}
    return stored.documents if stored.version == version() else {}
