"""What an operator can set about the web server: the table `[web]`.

It holds nothing secret and nothing about what the pages show.
"""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_address
from typing import Annotated

import msgspec

from mainstem.errors import ConfigError
from mainstem.web.auth.sessions import Lifetime


class WebSettings(msgspec.Struct, frozen=True, kw_only=True):
    """`[web]` of `mainstem.toml`."""

    host: str = "127.0.0.1"
    """Address to listen on. Beyond loopback, put a proxy before it that speaks https: over plain http,
    passwords and sessions can be read on their way."""
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 8000
    """TCP port to listen on; 0 takes any free one."""
    allowed_hosts: tuple[str, ...] = ()
    """Names, without port, under which browsers may ask for pages, beside `host` and the loopback names."""
    trusted_proxies: tuple[str, ...] = ("127.0.0.1", "::1")
    """Addresses whose word on a client's address and scheme (`X-Forwarded-For`, `X-Forwarded-Proto`) is
    taken."""
    session_idle_hours: Annotated[int, msgspec.Meta(ge=1)] = 24
    """Hours without a request after which a login ends."""
    session_days: Annotated[int, msgspec.Meta(ge=1)] = 14
    """Days after which a login ends however much it is used."""
    home_dashboard: str = ""
    """Name of the dashboard that `/` opens; empty for the first of the list: those at the top of the project
    before those in its folders, by title."""
    queries_at_once: int = 4
    """Queries that the warehouse is asked at the same time; further ones wait for a turn. What was asked
    before, or is being asked, takes no turn."""
    query_seconds: Annotated[float, msgspec.Meta(gt=0)] = 600.0
    """Seconds after which a query is ended."""
    cache_megabytes: Annotated[int, msgspec.Meta(ge=0)] = 256
    """Memory for answers, to give them again: as long as the same build is published, of other connections
    for `cache_seconds`. 0 keeps none."""
    cache_seconds: Annotated[float, msgspec.Meta(ge=0)] = 60.0
    """Seconds that an answer holds of a connection, or a lake read live, which do not say what changed."""
    suggestions: int = 50
    """Values offered at most for a string filter."""

    def checked(self) -> WebSettings:
        """These settings, once they are known to be ones to serve with.

        Raises ConfigError for a server that could run no query.
        """
        if self.queries_at_once < 1:
            raise ConfigError("web.queries_at_once", f"{self.queries_at_once} runs no query", "1 or more")
        return self

    @property
    def session_lifetime(self) -> Lifetime:
        return Lifetime(timedelta(hours=self.session_idle_hours), timedelta(days=self.session_days))

    @property
    def is_local(self) -> bool:
        """Whether only this machine reaches the server."""
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False
