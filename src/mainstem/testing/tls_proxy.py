"""A proxy that answers for hosts of the internet with what is on this machine, over TLS of its own.

A program that asks `https://acme.zendesk.com` through it, and trusts its authority, is answered by a
simulated service. It carries requests whole and reaches no host but those it was given.
"""

from __future__ import annotations

import http.client
import ssl
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatch
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_DAYS = 2
_PATIENCE = 30.0
_CARRIED_ANEW = {"connection", "proxy-connection", "transfer-encoding", "content-length", "host"}


class Authority:
    """A private certificate authority; its certificate is in a file, its key in memory alone."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Tests of Mainstem")])
        certificate = self._signed(self._name, self._key.public_key(), None)
        self.certificate = folder / "authority.pem"
        self.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._lock = threading.Lock()

    def context(self, host: str) -> ssl.SSLContext:
        """What a server of that name speaks with."""
        with self._lock:
            if host not in self._contexts:
                self._contexts[host] = self._made(host)
            return self._contexts[host]

    def _made(self, host: str) -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host[:64])])
        certificate = self._signed(subject, key.public_key(), host)
        path = self._folder / f"{host}.pem"
        pem = serialization.Encoding.PEM
        secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        path.write_bytes(secret + certificate.public_bytes(pem))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context

    def _signed(
        self, subject: x509.Name, key: ec.EllipticCurvePublicKey, host: str | None
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        made = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=_DAYS))
            .add_extension(x509.BasicConstraints(ca=host is None, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False
            )
        )
        if host is None:
            uses = dict.fromkeys(
                ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment",
                 "key_agreement", "encipher_only", "decipher_only"), False,
            )  # fmt: skip
            usage = x509.KeyUsage(key_cert_sign=True, crl_sign=True, **uses)
            made = made.add_extension(usage, critical=True)
        else:
            names = x509.SubjectAlternativeName([x509.DNSName(host)])
            made = made.add_extension(names, critical=False)
        return made.sign(self._key, hashes.SHA256())


@dataclass(frozen=True)
class Route:
    """Where a host's requests go: to `base_url`, less a prefix of their paths that only the host has."""

    base_url: str
    prefix: str = ""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    authority: Authority
    routes: Mapping[str, Route]

    def route(self, host: str) -> Route | None:
        return next((route for pattern, route in self.routes.items() if fnmatch(host, pattern)), None)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is no error of ours."""


class _Carrier(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
    host = ""
    route: Route

    def do_CONNECT(self) -> None:
        self.host = self.path.rpartition(":")[0]
        route = self.server.route(self.host)
        if route is None:
            self.send_error(502, f"no service stands for {self.host}")
            return
        self.route = route
        self.send_response(200, "Connection established")
        self.end_headers()
        self.wfile.flush()
        context = self.server.authority.context(self.host)
        self.connection = context.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb")
        self.close_connection = False

    def do_GET(self) -> None:
        if not self.host:
            self.send_error(403, "only what goes over TLS is carried")
            return
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        found = urlsplit(self.route.base_url)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _CARRIED_ANEW}
        connection = http.client.HTTPConnection(str(found.hostname), found.port or 80, timeout=_PATIENCE)
        try:
            path = f"{found.path}{self.path.removeprefix(self.route.prefix)}"
            connection.request(
                self.command,
                path,
                body or None,
                {**headers, "X-Forwarded-Host": self.host + self.route.prefix},
            )
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        self.send_response(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name.lower() not in _CARRIED_ANEW:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()

    do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_GET

    def finish(self) -> None:
        super().finish()
        self.connection.close()

    def log_message(self, *arguments: object) -> None:
        """Says nothing."""


@contextmanager
def tls_proxy(authority: Authority, routes: Mapping[str, Route]) -> Iterator[str]:
    """The address of a proxy that answers for `routes`: by host, `*` standing for anything."""
    with _Server(("127.0.0.1", 0), _Carrier) as server:
        server.authority = authority
        server.routes = routes
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()
