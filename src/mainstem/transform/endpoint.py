"""A Unix socket by its path, however long: the kernel takes 107 bytes, a data folder may be deeper.

The folder is opened and named through /proc, so the name the kernel sees is short.
"""

from __future__ import annotations

import os
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mainstem.errors import EnvironmentFailure

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def listen(path: Path) -> socket.socket:
    """Listen on `path`, for this user alone. A socket left by a dead process is taken over.

    Raises EnvironmentFailure when a living one answers there.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        connect(path).close()
    except FileNotFoundError:
        pass
    except ConnectionRefusedError:
        path.unlink()
    else:
        raise EnvironmentFailure(f"another dbt worker answers on {path}; stop that one first")
    server = socket.socket(socket.AF_UNIX)
    try:
        with _short(path) as name:
            before = os.umask(0o177)
            try:
                server.bind(name)
            finally:
                os.umask(before)
        server.listen()
    except OSError:
        server.close()
        raise
    return server


def connect(path: Path) -> socket.socket:
    """Raises FileNotFoundError or ConnectionRefusedError when nobody listens."""
    client = socket.socket(socket.AF_UNIX)
    try:
        with _short(path) as name:
            client.connect(name)
    except OSError:
        client.close()
        raise
    return client


@contextmanager
def _short(path: Path) -> Iterator[str]:
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
