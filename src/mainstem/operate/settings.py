"""Settings of `[backup]` in `mainstem.toml`."""

from __future__ import annotations

import msgspec


class BackupSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Backups that are made every night, by the DAG `nightly`."""

    place: str = ""
    """A folder or `s3://bucket/prefix`; empty: no backup is made but by `mainstem backup PLACE`."""
