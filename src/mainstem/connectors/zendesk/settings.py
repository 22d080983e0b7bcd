"""What a project says of a Zendesk account."""

from __future__ import annotations

from typing import Annotated

import msgspec

from mainstem.config import Secret
from mainstem.connectors.settings import ConnectorSettings


class ZendeskSettings(ConnectorSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[connectors.NAME]` with `type = "zendesk"`. An API token with the `email` of its user, or an OAuth
    client, or an OAuth access token alone."""

    subdomain: str = ""
    """Of `https://SUBDOMAIN.zendesk.com`; not needed with `base_url`."""
    email: str = ""
    """Of the user that the API token acts for: an administrator reads everything."""
    api_token: Secret | None = None
    """API token, as `env:NAME` or `file:PATH`."""
    access_token: Secret | None = None
    """OAuth access token, instead."""
    client_id: str = ""
    """OAuth client that speaks for itself (client credentials), instead."""
    client_secret: Secret | None = None
    """Its secret."""
    calls_a_minute: Annotated[int, msgspec.Meta(ge=1)] = 400
    """Of the account's plan: 200 on Team, 400 on Professional, 700 on Enterprise."""
    exports_a_minute: Annotated[int, msgspec.Meta(ge=1)] = 10
    """Calls of incremental exports a minute; 30 with Zendesk's high-volume add-on."""
    page_size: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 1000
    """Tickets and users of one page of an export."""
