from __future__ import annotations

import shutil
import socket
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from benchmarks.bare_server import bare_server

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.skipif(shutil.which("taskset") is None, reason="it is pinned to a core")
def test_what_is_answered_is_in_its_file(tmp_path: Path) -> None:
    with bare_server(tmp_path) as server:
        address = urlsplit(server.url)
        assert address.hostname
        assert address.port
        with socket.create_connection((address.hostname, address.port), timeout=20) as sender:
            for request in (b"one ", b"two "):
                sender.sendall(request)
                assert sender.recv(4096).startswith(b"HTTP/1.1 200 OK\r\n")
        assert (tmp_path / "bare.data").read_bytes() == b"one two "
    assert not (tmp_path / "bare.data").exists()
