"""What a project says of a chat."""

from __future__ import annotations

from mainstem.activate.settings import DestinationSettings
from mainstem.config import Secret


class ChatSettings(DestinationSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[destinations.NAME]` with `type = "chat"`: an incoming webhook of Mattermost or Slack. An activation's
    `object` is the channel, where the webhook may choose one; else `message`. The field `text` is what is
    said; every other field becomes a line below it."""

    url: Secret | None = None
    """Address of the incoming webhook, as `env:NAME` or `file:PATH`: who has it can write."""
    username: str = ""
    """Who the message is from, where the webhook may say so."""
