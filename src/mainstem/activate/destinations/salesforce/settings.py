"""What a project says of a Salesforce org that it writes to."""

from __future__ import annotations

from typing import Annotated

import msgspec

from mainstem.activate.settings import DestinationSettings
from mainstem.config import Secret


class SalesforceDestinationSettings(
    DestinationSettings, frozen=True, kw_only=True, forbid_unknown_fields=True
):
    """`[destinations.NAME]` with `type = "salesforce"`. A connected app's `client_id` with one of: the
    `private_key` of its certificate and a `username`, its `client_secret`, or that and a `refresh_token`."""

    domain: str = ""
    """My Domain: of `https://DOMAIN.my.salesforce.com`, such as `acme` or, of a sandbox,
    `acme--test.sandbox`; not needed with `base_url`."""
    client_id: str = ""
    """Consumer key of the connected app."""
    client_secret: Secret | None = None
    """Its consumer secret, as `env:NAME` or `file:PATH`: the app speaks for itself (client credentials)."""
    refresh_token: Secret | None = None
    """A refresh token that a user gave the app, beside its secret; where tokens are exchanged for others each
    time, one that no connector has."""
    username: str = ""
    """The user that the app acts for by JWT: what it writes is this user's."""
    private_key: Secret | None = None
    """Private key of the app's certificate, as PEM; usually `file:PATH`."""
    audience: str = "https://login.salesforce.com"
    """Whom a JWT is meant for: `https://test.salesforce.com` for a sandbox."""
    access_token: Secret | None = None
    """A session that somebody else got, instead; it ends without being renewed."""
    api_version: Annotated[str, msgspec.Meta(pattern=r"^\d+\.\d$")] = "62.0"
    """Version of the API."""
    bulk_above: Annotated[int, msgspec.Meta(ge=1)] = 2000
    """Rows of one operation above which they are written by Bulk API 2.0 instead of collections of 200."""
    bulk_rows: Annotated[int, msgspec.Meta(ge=201)] = 50_000
    """Rows of one file of Bulk API 2.0 at most, and of one part of its results."""
    file_bytes: Annotated[int, msgspec.Meta(ge=1000, le=100_000_000)] = 100_000_000
    """Bytes of one file at most. Salesforce takes 150 MB as it stores them, which is 100 MB as they are
    sent."""
