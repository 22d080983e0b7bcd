"""Which source a write key belongs to, worked out once at start.

A write key names exactly one source; whoever reads the sources sees to that. Keys are looked up as they
arrive (`by_authorization` holds whole header values), so that a request costs one dictionary look-up.
"""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

import msgspec

from mainstem.collect.checks import Check, Item, checks_of
from mainstem.events import Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class CompiledSource(msgspec.Struct, frozen=True):
    """A source with everything decided that does not depend on the request."""

    source: Source
    checks: tuple[Check, ...]

    @property
    def id(self) -> str:
        return self.source.id

    def objection(self, item: Item) -> str | None:
        """Why this source does not accept `item`; None when it does."""
        for check in self.checks:
            reason = check(item)
            if reason is not None:
                return reason
        return None


class SourceTable:
    """Every source, by what its senders send."""

    def __init__(self, sources: Iterable[Source]) -> None:
        compiled = [CompiledSource(source, checks_of(source)) for source in sources]
        self.by_key: Mapping[str, CompiledSource] = {
            key: entry for entry in compiled for key in entry.source.write_keys
        }
        # Enabled sources only: the rest take the long way, to the answer that says so.
        self.by_authorization: Mapping[bytes, CompiledSource] = {
            basic_authorization(key): entry for key, entry in self.by_key.items() if entry.source.enabled
        }


def basic_authorization(write_key: str) -> bytes:
    """The `Authorization` header an SDK sends: the key as user name, with an empty password."""
    return b"Basic " + b64encode(f"{write_key}:".encode())
