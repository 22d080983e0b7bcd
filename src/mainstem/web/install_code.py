"""Code that sends a first event to this gateway, for each SDK: to be copied as it stands.

Texts hold WRITE_KEY, DATA_PLANE (a URL), DATA_PLANE_HOST (with its port), DATA_PLANE_NAME and
DATA_PLANE_PORT, which are filled in so that they are right within a quoted text of every language here.
"""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from mainstem.web.install_texts import CURL, HOSTED, PLATFORMS, WEBHOOK_CALL

if TYPE_CHECKING:
    from mainstem.web.sources import GatewayAddress

_PLATFORM_OF_TYPE = {
    "javascript": "web",
    "node": "node",
    "node.js": "node",
    "python": "python",
    "go": "go",
    "java": "java",
    "ruby": "ruby",
    "ios": "ios",
    "swift": "ios",
    "android": "android",
    "androidkotlin": "android",
    "flutter": "flutter",
    "react native": "react-native",
    "reactnative": "react-native",
    "http": "http",
}
"""What RudderStack calls a source's definition, in lower case, and whose code is then shown first."""


@dataclass(frozen=True)
class Block:
    """One text to copy."""

    key: str
    title: str
    text: str


@dataclass(frozen=True)
class Platform:
    """What to do for one language or device."""

    key: str
    label: str
    blocks: tuple[Block, ...]

    @property
    def tab(self) -> tuple[str, str]:
        return self.key, self.label


def webhook(write_key: str, address: GatewayAddress) -> Platform:
    """For a source that is a webhook: the URL to give to the service that calls it, and a call to try."""
    url = f"{address.url}/v1/webhook?writeKey={quote(write_key, safe='')}"
    call = WEBHOOK_CALL.replace("WEBHOOK_URL", shlex.quote(url))
    return _platform("webhook", "Webhook", [("URL for the service", f"{url}\n"), ("curl", call)])


def platforms_for(source_type: str, write_key: str, address: GatewayAddress) -> list[Platform]:
    """Every platform, that of the source's type first."""
    fill = _Filler(write_key, address)
    found = []
    for key, label, texts in PLATFORMS:
        blocks = [(title, fill(text)) for title, text in texts]
        if key == "web" and address.sdk_url is not None:
            blocks.insert(0, (HOSTED[0], fill(HOSTED[1]).replace("SDK_URL", address.sdk_url)))
        found.append(_platform(key, label, blocks))
    found.append(_platform("http", "HTTP", [("curl", _curl(write_key, address.url))]))
    first = _PLATFORM_OF_TYPE.get(source_type.casefold(), "http")
    return sorted(found, key=lambda platform: platform.key != first)


def _platform(key: str, label: str, blocks: list[tuple[str, str]]) -> Platform:
    numbered = enumerate(blocks)
    return Platform(key, label, tuple(Block(f"{key}-{n}", title, text) for n, (title, text) in numbered))


def _curl(write_key: str, url: str) -> str:
    address = shlex.quote(f"{url}/v1/track")
    return CURL.replace("'WRITE_KEY:'", shlex.quote(f"{write_key}:")).replace("DATA_PLANE/v1/track", address)


class _Filler:
    """Puts a key and an address into texts."""

    def __init__(self, write_key: str, address: GatewayAddress) -> None:
        parts = urlsplit(address.url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        self._values = (
            ("DATA_PLANE_HOST", parts.netloc),
            ("DATA_PLANE_NAME", parts.hostname or ""),
            ("DATA_PLANE_PORT", str(port)),
            ("DATA_PLANE_SSL", "true" if parts.scheme == "https" else "false"),
            ("DATA_PLANE", address.url),
            ("WRITE_KEY", json.dumps(write_key)[1:-1]),
        )

    def __call__(self, text: str) -> str:
        for name, value in self._values:
            text = text.replace(name, value)
        return text
