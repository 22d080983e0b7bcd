"""The pods API over HTTP: what KubernetesPodOperator and the official clients speak to.

Promise: what is here answers as Kubernetes does. What is not here (exec, volumes, other kinds) is refused
with 501 or 404, never pretended.
"""

from __future__ import annotations

import json
import re
import socket
import sys
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from mainstem.testing.pods.answering import Asked, answer, parse_body, pod_meant
from mainstem.testing.pods.refusals import Refused, broken, not_found, too_many, unauthorized
from mainstem.testing.pods.streaming import log, watch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mainstem.testing.pods.cluster import Cluster
    from mainstem.testing.pods.faults import BadAnswer

_ROOT = ("api", "v1", "namespaces")
_VERSION = {"major": "1", "minor": "34", "gitVersion": "v1.34.0", "platform": "linux/amd64"}


@dataclass
class PodsApi:
    """A server that runs. `calls`: each request as (method, path), in order."""

    url: str
    token: str
    cluster: Cluster
    calls: list[tuple[str, str]] = field(default_factory=list)

    def kubeconfig(self, file: Path, namespace: str = "default") -> Path:
        """Write the file that kubectl, the clients and Airflow's connection read."""
        content = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "fake",
            "clusters": [{"name": "fake", "cluster": {"server": self.url}}],
            "users": [{"name": "fake", "user": {"token": self.token}}],
            "contexts": [
                {"name": "fake", "context": {"cluster": "fake", "user": "fake", "namespace": namespace}}
            ],
        }
        file.write_text(json.dumps(content), encoding="utf-8")
        return file


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    api: PodsApi

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is none of ours; anything else is told as ever."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        self._handle()

    do_POST = do_PATCH = do_DELETE = do_PUT = do_GET

    def log_message(self, *args: object) -> None:
        """Requests are kept in `calls`, not printed."""

    def _handle(self) -> None:
        with suppress(BrokenPipeError, ConnectionResetError):
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            try:
                self._answer(content)
            except Refused as refused:
                self._send(refused.code, refused.body)

    def _answer(self, content: bytes) -> None:
        api, parts = self.server.api, urlsplit(self.path)
        api.calls.append((self.command, parts.path))
        if self.headers.get("Authorization") != f"Bearer {api.token}":
            raise unauthorized()
        steps = tuple(filter(None, parts.path.split("/")))
        if steps == ("version",):
            self._send(200, _VERSION)
            return
        if steps[:3] != _ROOT or len(steps) < 5:
            raise not_found("path", parts.path)
        asked = Asked(self.command, steps[3:], dict(parse_qsl(parts.query)), parse_body(content))
        fault = self._fault(asked)
        if fault is not None and self._strike(fault, asked):
            return
        self._obey(asked, drops=fault is not None and fault.answer == "drop")

    def _fault(self, asked: Asked) -> BadAnswer | None:
        call, cluster = asked.call, self.server.api.cluster
        if call is None or asked.says("watch"):
            return None
        if call == "create":
            labels = (asked.body or {}).get("metadata", {}).get("labels") or {}
            return cluster.faults.answer_for(call, labels.get("task_id", ""), running=False)
        if call == "list":
            named = re.search(r"\btask_id=([^,]*)", asked.query.get("labelSelector", ""))
            return named and cluster.faults.answer_for(call, named[1], running=False)
        pod = pod_meant(cluster, asked)
        if pod is None:
            return None
        return cluster.faults.answer_for(call, pod.task, running=pod.has_spoken)

    def _strike(self, fault: BadAnswer, asked: Asked) -> bool:
        """Whether the request is thereby answered."""
        match fault.answer:
            case "404":
                raise not_found("pods", fault.task)
            case "401":
                raise unauthorized()
            case "429":
                raise too_many(1)
            case "500":
                raise broken()
            case "disconnect":
                self._hang_up()
                return True
            case "lost":
                answer(self.server.api.cluster, asked)
                self._hang_up()
                return True
            case "slow":
                time.sleep(fault.seconds)
        return False

    def _obey(self, asked: Asked, *, drops: bool) -> None:
        cluster = self.server.api.cluster
        if asked.says("watch") and asked.method == "GET" and len(asked.path) == 2:
            self._stream(watch(cluster, asked), "application/json", drops=False)
        elif asked.call == "log":
            self._stream(log(cluster, asked), "text/plain", drops=drops)
        else:
            self._send(*answer(cluster, asked))

    def _send(self, code: int, thing: dict[str, Any]) -> None:
        body = json.dumps(thing).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if code == 429:
            self.send_header("Retry-After", str(thing["details"]["retryAfterSeconds"]))
        self.end_headers()
        self.wfile.write(body)

    def _stream(self, pieces: Iterator[bytes], kind: str, *, drops: bool) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for piece in pieces:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            if drops:
                self._hang_up()
                return
        self.wfile.write(b"0\r\n\r\n")

    def _hang_up(self) -> None:
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)


@contextmanager
def pods_api(cluster: Cluster, token: str = "token-of-the-fake-cluster") -> Iterator[PodsApi]:  # noqa: S107  # it opens nothing but this server
    """Serve `cluster` on a free port of the loopback; on leaving, end every container and every stream."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.api = PodsApi(f"http://127.0.0.1:{server.server_address[1]}", token, cluster)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield server.api
        finally:
            cluster.close()
            server.shutdown()
            thread.join()
