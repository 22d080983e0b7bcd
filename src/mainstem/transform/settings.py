"""Settings of `[transform]` in `mainstem.toml`, and where the worker is found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec

if TYPE_CHECKING:
    from pathlib import Path


class TransformSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the project's dbt models are run."""

    project_dir: str = "dbt"
    """Folder of the dbt project, relative to the project's own."""
    schema: str = "analytics"
    """Schema of the lake that models are built into."""
    returnable_builds: Annotated[int, msgspec.Meta(ge=1)] = 10
    """Published builds, the newest ones, that `mainstem publish --rollback` can go back to. Their tables
    are kept."""


def socket_path(data_dir: Path) -> Path:
    """The Unix socket on which the worker of a project answers."""
    return data_dir / "transform.sock"
