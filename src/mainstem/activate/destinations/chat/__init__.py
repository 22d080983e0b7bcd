"""Mattermost and Slack: a message for each row that is new or has changed, by an incoming webhook.

A message cannot be read back. One of which nobody knows whether it was sent is not sent again, unless the
activation says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.activate.destinations.chat.settings import ChatSettings
from mainstem.activate.kind import DestinationKind, Opening

if TYPE_CHECKING:
    from mainstem.activate.contract import Destination

__all__ = ["KIND"]


def _open(opening: Opening) -> Destination:
    from mainstem.activate.destinations.chat.destination import open_chat  # brings requests

    return open_chat(opening)


KIND = DestinationKind("chat", "Mattermost, Slack", ChatSettings, _open)
