"""What a project says of a Salesforce org."""

from __future__ import annotations

from typing import Annotated

import msgspec

from mainstem.config import Secret
from mainstem.connectors.settings import ConnectorSettings


class SalesforceSettings(ConnectorSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[connectors.NAME]` with `type = "salesforce"`. A connected app's `client_id` with one of: the
    `private_key` of its certificate and a `username`, its `client_secret`, or that and a `refresh_token`."""

    domain: str = ""
    """My Domain: of `https://DOMAIN.my.salesforce.com`, such as `acme` or, of a sandbox,
    `acme--test.sandbox`; not needed with `base_url`."""
    client_id: str = ""
    """Consumer key of the connected app."""
    client_secret: Secret | None = None
    """Its consumer secret, as `env:NAME` or `file:PATH`: the app speaks for itself (client credentials)."""
    refresh_token: Secret | None = None
    """A refresh token that a user gave the app, beside its secret."""
    username: str = ""
    """The user that the app acts for by JWT."""
    private_key: Secret | None = None
    """Private key of the app's certificate, as PEM; usually `file:PATH`."""
    audience: str = "https://login.salesforce.com"
    """Whom a JWT is meant for: `https://test.salesforce.com` for a sandbox."""
    access_token: Secret | None = None
    """A session that somebody else got, instead; it ends without being renewed."""
    objects: tuple[str, ...] = ()
    """Objects by their API names, custom ones too; left out, the usual ones of sales that the org has."""
    api_version: Annotated[str, msgspec.Meta(pattern=r"^\d+\.\d$")] = "62.0"
    """Version of the API."""
    bulk_above: Annotated[int, msgspec.Meta(ge=0)] = 2000
    """Rows above which changes are read by Bulk API 2.0 instead of page by page."""
    bulk_rows: Annotated[int, msgspec.Meta(ge=1)] = 20_000
    """Rows of one part of a Bulk result, held in memory."""
