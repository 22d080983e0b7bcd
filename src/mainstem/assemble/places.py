"""Addresses and places that the settings name for processes beside the gateway.

The gateway follows none of them, yet it checks them: whoever starts it alone would otherwise learn of a
mistake from a loader that finds nothing, or an archive that never fills, days later.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from mainstem.errors import ConfigError
from mainstem.log import LogSettings

if TYPE_CHECKING:
    from mainstem.config import Config


def check_places(config: Config) -> None:
    """Raises ConfigError for what is no place of `[log]`, and for `[shadow]` where that does not check."""
    settings = config.section("log", LogSettings)
    for url in settings.gateways:
        if not _is_internal_port(url):
            raise ConfigError(
                config.place("log", "gateways"),
                f"log.gateways: {url!r} is no URL of a gateway's internal port",
                '["http://host:8081"]',
            )
    if settings.archive is not None and not _is_storage(settings.archive):
        raise ConfigError(
            config.place("log", "archive"),
            f"log.archive: {settings.archive!r} is no place for files",
            "a folder, or s3://bucket/prefix",
        )
    if "shadow" in config.values or any(name.startswith("MAINSTEM_SHADOW_") for name in config.environment):
        from mainstem.shadow.settings import ShadowSettings  # with an HTTP client, which most do without

        config.section("shadow", ShadowSettings)


def _is_internal_port(url: str) -> bool:
    """As the loader asks for it, `mainstem.log.remote`."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.path.strip("/")


def _is_storage(place: str) -> bool:
    """As the loader opens it, `mainstem.log.archive`; on other machines than its own any value of either
    kind will do."""
    return "://" not in place or bool(place.startswith("s3://") and place.removeprefix("s3://").strip("/"))
