"""What a project says of a webhook."""

from __future__ import annotations

from typing import Annotated

import msgspec

from mainstem.activate.settings import DestinationSettings
from mainstem.config import Secret


class WebhookSettings(DestinationSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[destinations.NAME]` with `type = "webhook"`. A batch is `POST`ed to `base_url` with the activation's
    `object` behind it, as `{"batch": …, "object": …, "op": …, "rows": [{"key": …, "values": {…}, "parents":
    {…}}]}`; the header `Idempotency-Key` has the batch's name."""

    token: Secret | None = None
    """Sent as `Authorization: Bearer …`."""
    header: str = ""
    """A header that the token is sent in instead, as it is."""
    batch_rows: Annotated[int, msgspec.Meta(ge=1)] = 200
    """Rows of one request."""
    repeats_safely: bool = False
    """Whether the service takes a batch once, however often it comes under one `Idempotency-Key`: then one
    whose answer was lost is sent again."""
