"""What a project says of a Jira site."""

from __future__ import annotations

from typing import Annotated

import msgspec

from mainstem.config import Secret
from mainstem.connectors.settings import ConnectorSettings


class JiraSettings(ConnectorSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[connectors.NAME]` with `type = "jira"`. An API token with the `email` of its user, or an OAuth
    client of a service account, or an OAuth access token alone."""

    site: str = ""
    """Of `https://SITE.atlassian.net`; not needed with `cloud_id` or `base_url`."""
    cloud_id: str = ""
    """Of the site, for OAuth and for API tokens with scopes: calls go to `api.atlassian.com`."""
    email: str = ""
    """Of the user that the API token acts for: only what this user may browse is read."""
    api_token: Secret | None = None
    """API token, as `env:NAME` or `file:PATH`."""
    access_token: Secret | None = None
    """OAuth access token, instead."""
    client_id: str = ""
    """OAuth client of a service account (client credentials), instead."""
    client_secret: Secret | None = None
    """Its secret."""
    token_url: str = ""
    """Where its tokens are got; left out, Atlassian's, or with `base_url` the path `/oauth/token` there."""
    calls_a_second: Annotated[int, msgspec.Meta(ge=1)] = 10
    """Calls a second; Jira's own limit depends on what calls cost, and is told by 429."""
    page_size: Annotated[int, msgspec.Meta(ge=1, le=100)] = 100
    """Issues of one page of a search."""
    deleted_hours: Annotated[float, msgspec.Meta(ge=0)] = 6.0
    """Hours between two looks for deleted issues, each a call for 5,000 issues; 0 for every run."""
