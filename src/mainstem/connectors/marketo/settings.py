"""What a project says of a Marketo instance."""

from __future__ import annotations

from typing import Annotated

import msgspec

from mainstem.config import Secret
from mainstem.connectors.settings import ConnectorSettings


class MarketoSettings(ConnectorSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[connectors.NAME]` with `type = "marketo"`: a custom service of LaunchPoint, whose user may read
    leads, activities and assets."""

    munchkin_id: str = ""
    """Munchkin Account ID, such as `123-ABC-456`: of `https://123-ABC-456.mktorest.com`; not needed with
    `base_url`."""
    client_id: str = ""
    """Of the custom service."""
    client_secret: Secret | None = None
    """Its secret, as `env:NAME` or `file:PATH`."""
    start: str = "2006-01-01"
    """Day from which leads and activities are read. A first reading takes about a minute for each month
    since, also for those before the instance began."""
    activity_types: tuple[str, ...] = ()
    """Types of activities that are read, by Marketo's names: `["Send Email", "Open Email"]`; left out,
    all."""
    daily_calls: Annotated[int, msgspec.Meta(ge=1)] | None = 50_000
    """Calls of the account in any 24 hours, of all that Mainstem does with it; Marketo allows 50,000 a day,
    more where they were bought."""
    page_within_hours: Annotated[float, msgspec.Meta(ge=0)] = 24.0
    """Activities of so few hours are read page by page; of more, by bulk extract."""
    members_hours: Annotated[float, msgspec.Meta(ge=0)] = 24.0
    """Hours after which members of lists and programs are read again: each time all of them, 300 a call."""
    page_rows: Annotated[int, msgspec.Meta(ge=1)] = 5000
    """Rows of a bulk extract held in memory."""
