"""The file that a tap reads its settings and secrets from, and where some write new tokens back.

It stands in the connector's own folder, readable by us alone. What a tap changed in it stays changed until
the settings say something else: a refresh token that was exchanged works only once. It prints nothing.
"""

from __future__ import annotations

import os
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import msgspec

from mainstem.config import Secret
from mainstem.errors import TapFailed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_GIVEN = "given.json"


class TapConfig:
    """`config.json` in a folder."""

    def __init__(self, folder: Path, settings: Mapping[str, Any], secrets: Mapping[str, Secret]) -> None:
        self.path = folder / "config.json"
        self._given_path = folder / _GIVEN
        self._values = {**settings, **{name: secret.reveal() for name, secret in secrets.items()}}

    def write(self) -> None:
        """As the settings say, but for what a tap changed since they said it."""
        marks = {name: _mark(value) for name, value in self._values.items()}
        held, before = self._held(), self._before()
        changed = {
            name: value
            for name, value in held.items()
            if (name not in marks and name not in before)
            or (name in marks and before.get(name) == marks[name])
        }
        values = {**self._values, **changed}
        private(self.path, msgspec.json.encode(values))
        # Last: while the marks are old, what the settings say now still counts as new.
        private(self._given_path, msgspec.json.encode(marks))
        self.strike()

    def strike(self) -> None:
        """Have what a tap wrote there struck out of logs and errors too."""
        for name, value in self._held().items():
            if isinstance(value, str) and len(value) >= _LEAST and value != self._values.get(name):
                Secret(value)

    def _held(self) -> dict[str, Any]:
        return _read(self.path)

    def _before(self) -> dict[str, str]:
        """Marks of the values that the file was written from."""
        return _read(self._given_path)


_LEAST = 8
"""Characters of what counts as a secret: a shorter value is a word."""


def private(path: Path, content: bytes) -> None:
    """Write a file whole, for our eyes alone."""
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def _read(path: Path) -> dict[str, Any]:
    """Empty where there is none. Raises TapFailed for one that a tap left half written."""
    try:
        found = msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
    except FileNotFoundError:
        return {}
    except msgspec.DecodeError as e:
        raise TapFailed(
            f"{path} is no JSON any more: a tap was ended while it wrote there; if it kept a new token in "
            "it, log in anew and give that token; then remove the file"
        ) from e
    return found


def _mark(value: Any) -> str:
    return sha256(msgspec.json.encode(value, order="sorted")).hexdigest()
