"""The files a project lets its gateway serve, read and checked once.

Nothing is served that no setting names, and nothing is read again while the gateway runs.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from mainstem.collect import aliases
from mainstem.collect.hosted import (
    CONTENT_TYPES,
    MAX_ALL_BYTES,
    MAX_FILE_BYTES,
    MAX_FILES,
    HostedFile,
    host,
)
from mainstem.collect.proxies import TrustedProxies
from mainstem.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mainstem.collect import CollectSettings
    from mainstem.config import Config
    from mainstem.errors import Place


def check_addresses(config: Config, settings: CollectSettings) -> None:
    """Raises ConfigError for an alias that is no path prefix, a proxy that is no network, and a public URL
    that browsers could not be sent to."""
    parts = urlsplit(settings.public_url or "http://localhost")
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ConfigError(
            config.place("collect", "public_url"),
            f"collect.public_url: {settings.public_url!r} is no URL that browsers can be sent to",
            "https://events.example.com",
        )
    wrong = aliases.misspelt(settings.path_aliases)
    if wrong is not None:
        raise ConfigError(
            config.place("collect", "path_aliases"),
            f"collect.path_aliases: {wrong}",
            'path_aliases = {"/e/" = "/v1/"}, each side beginning and ending with a slash',
        )
    try:
        TrustedProxies(settings.trusted_proxies)
    except ValueError as e:
        raise ConfigError(
            config.place("collect", "trusted_proxies"),
            f"collect.trusted_proxies: {e}",
            'networks and addresses, such as ["10.0.0.0/8", "::1"]',
        ) from e


def read_hosted_files(config: Config, written: Mapping[str, str]) -> tuple[HostedFile, ...]:
    """Every file of `[collect] hosted_files`. Raises ConfigError for one that cannot be served."""
    place = config.place("collect", "hosted_files")
    if len(written) > MAX_FILES:
        raise ConfigError(place, f"{len(written)} hosted files", f"at most {MAX_FILES}")
    contents = {path: _content(config, place, path, file) for path, file in written.items()}
    total = sum(map(len, contents.values()))
    if total > MAX_ALL_BYTES:
        raise ConfigError(place, f"the hosted files have {total} bytes", f"at most {MAX_ALL_BYTES} together")
    return tuple(host(path, content) for path, content in contents.items())


def _content(config: Config, place: Place, path: str, file: str) -> bytes:
    label = f"hosted file {path!r}"
    if not path.startswith("/") or any(part in "?#% " or not part.isascii() for part in path):
        raise ConfigError(place, f"{label}: not a path", 'a path such as "/sdk/rsa.min.js"')
    if PurePosixPath(path).suffix not in CONTENT_TYPES:
        raise ConfigError(place, f"{label}: no known type", f"a path that ends in {', '.join(CONTENT_TYPES)}")
    source = config.path(file)
    try:
        if source.stat().st_size > MAX_FILE_BYTES:
            raise ConfigError(place, f"{label}: {source} is too large", f"at most {MAX_FILE_BYTES} bytes")
        return source.read_bytes()
    except OSError as e:
        raise ConfigError(place, f"{label}: cannot read {source}: {e.strerror}") from e
