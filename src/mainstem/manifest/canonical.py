"""The manifest as text: one form, the same bytes for the same values, and what it is known by."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from mainstem.manifest.model import Manifest


def dump(manifest: Manifest) -> bytes:
    """JSON on one line, keys in their order by name, without what is as by default inside DAGs."""
    return msgspec.json.encode(manifest, order="sorted")


def digest(manifest: Manifest) -> str:
    """SHA-256 of `dump`, in hexadecimal."""
    return hashlib.sha256(dump(manifest)).hexdigest()


def pretty(manifest: Manifest) -> str:
    """The same for people: fields in the order of the reference, a line each."""
    return msgspec.json.format(msgspec.json.encode(manifest), indent=2).decode()
