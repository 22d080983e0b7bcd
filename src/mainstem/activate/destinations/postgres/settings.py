"""What a project says of a Postgres database that is written to."""

from __future__ import annotations

from typing import Annotated

import msgspec

from mainstem.activate.settings import DestinationSettings
from mainstem.config import Secret


class PostgresDestinationSettings(DestinationSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[destinations.NAME]` with `type = "postgres"`. The activation's `object` is a table, `schema.table` or
    one of `public`."""

    url: Secret | None = None
    """`postgresql://user:password@host/database`, as `env:NAME` or `file:PATH`."""
    modified_column: str = "updated_at"
    """Column that says when a row was changed last. Without it nobody knows whose value is newer, and what
    others wrote stays under `newer_wins`."""
    batch_rows: Annotated[int, msgspec.Meta(ge=1)] = 1000
    """Rows of one transaction."""
    timeout: Annotated[float, msgspec.Meta(gt=0)] = 60.0
    """Seconds a statement may take."""
