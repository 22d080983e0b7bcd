"""Any Singer tap as a source: a program of its own that writes rows to its standard output.

It runs in an environment of its own and shares nothing with us but that pipe: a tap's licence and its
dependencies stay outside. What it says is checked message by message; nothing of it is taken on trust.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.connectors.kind import ConnectorKind, Opening
from mainstem.connectors.singer.settings import SingerSettings

if TYPE_CHECKING:
    from mainstem.connectors.contract import Connector

__all__ = ["KIND"]


def _open(opening: Opening) -> Connector:
    from mainstem.connectors.singer.source import open_tap

    return open_tap(opening)


KIND = ConnectorKind("singer", "Singer tap", SingerSettings, _open)
