"""What an operator can set about the web server: the table `[web]`.

It holds nothing secret and nothing about what the pages show.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import Annotated

import msgspec

from mainstem.errors import ConfigError


class WebSettings(msgspec.Struct, frozen=True, kw_only=True):
    """`[web]` of `mainstem.toml`."""

    host: str = "127.0.0.1"
    """Address to listen on. Beyond loopback it also needs `open_to_network`."""
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 8000
    """TCP port to listen on; 0 takes any free one."""
    allowed_hosts: tuple[str, ...] = ()
    """Names, without port, under which browsers may ask for pages, beside `host` and the loopback names."""
    open_to_network: bool = False
    """Serve pages beyond this machine although nobody is asked to log in."""
    queries_at_once: int = 4
    """Tiles whose queries run at the same time; further ones wait for a turn."""
    suggestions: int = 50
    """Values offered at most for a string filter."""

    def checked(self) -> WebSettings:
        """These settings, once they are known to be safe to serve with.

        Raises ConfigError for a host beyond loopback without `open_to_network`.
        """
        if not self.open_to_network and not _is_loopback(self.host):
            raise ConfigError(
                "web.host",
                f"{self.host!r} is reachable from other machines and there is no login: "
                "set web.open_to_network = true to show every dashboard to whoever reaches the port",
                "127.0.0.1, ::1, localhost",
            )
        if self.queries_at_once < 1:
            raise ConfigError("web.queries_at_once", f"{self.queries_at_once} runs no query", "1 or more")
        return self


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
