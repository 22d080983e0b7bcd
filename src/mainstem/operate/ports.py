"""Whether a process could listen on an address now. It listens for a moment and gives it up again."""

from __future__ import annotations

import errno
import socket


def problem_of(host: str, port: int) -> str | None:
    """Why nobody can begin to listen there; None where one could. Port 0 takes any free one."""
    try:
        family, _, _, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror as e:
        return f"{host!r} is no address of this machine ({e.strerror})"
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(where)
            listener.listen(1)
        except OSError as e:
            if e.errno == errno.EADDRINUSE:
                return f"port {port} on {host} is in use"
            return f"cannot listen on {host} port {port}: {e.strerror}"
    return None
