"""Any service that takes JSON by HTTP: batches of rows are posted to an address.

It cannot be read. What it takes, and whether it takes a batch twice, is for its settings to say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.activate.destinations.webhook.settings import WebhookSettings
from mainstem.activate.kind import DestinationKind, Opening

if TYPE_CHECKING:
    from mainstem.activate.contract import Destination

__all__ = ["KIND"]


def _open(opening: Opening) -> Destination:
    from mainstem.activate.destinations.webhook.destination import open_webhook  # brings requests

    return open_webhook(opening)


KIND = DestinationKind("webhook", "Webhook", WebhookSettings, _open)
