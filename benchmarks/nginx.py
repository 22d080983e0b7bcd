"""nginx that answers every request 200 and writes its access log: the practical limit of an HTTP server.

It reads bodies and throws them away; one worker, on the core that the gateway has when it is measured.
"""

from __future__ import annotations

import socket
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.processes import cores, cpu_seconds, running
from benchmarks.tools import require
from mainstem.supervise import ChildSpec, Readiness

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "nginx returning 200, access log on"

_CONFIG = """\
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 4096; }}
http {{
    access_log {folder}/access.log combined;
    client_body_temp_path {folder}/bodies;
    keepalive_requests 1000000000;
    client_max_body_size 16m;
    server {{
        listen 127.0.0.1:{port} backlog=1024;
        location / {{ return 200 "OK"; }}
    }}
}}
"""


@dataclass(frozen=True)
class Nginx:
    pid: int
    url: str

    def cpu_seconds(self) -> float:
        return cpu_seconds(self.pid)


@contextmanager
def nginx(scratch: Path) -> Iterator[Nginx]:
    """Raises ToolMissing."""
    program = require("nginx")["nginx"]
    port = _free_port()
    with tempfile.TemporaryDirectory(prefix="nginx-", dir=scratch) as folder:
        Path(folder).chmod(0o755)  # started by root, its worker is another user
        config = Path(folder) / "nginx.conf"
        config.write_text(_CONFIG.format(folder=folder, port=port), encoding="utf-8")
        pinned = ("taskset", "--cpu-list", str(cores()[0]), str(program), "-p", folder, "-c", str(config))
        spec = ChildSpec("nginx", pinned, readiness=Readiness(lambda: _answers(port)))
        with running(spec, Path(folder)) as child:
            yield Nginx(child.pid, f"http://127.0.0.1:{port}")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
