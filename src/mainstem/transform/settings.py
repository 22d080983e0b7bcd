"""Settings of `[transform]` in `mainstem.toml`, and where the worker is found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import msgspec

if TYPE_CHECKING:
    from pathlib import Path

COMPANY_VARIABLE = "MAINSTEM_COMPANY_PACKAGE"
"""What a project's `packages.yml` writes to depend on the company package of this installation:
`local: "{{ env_var('MAINSTEM_COMPANY_PACKAGE') }}"`."""


class TransformSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the project's dbt models are run."""

    project_dir: str = "dbt"
    """Folder of the dbt project, relative to the project's own."""
    schema: str = "analytics"
    """Schema of the lake that models are built into."""
    returnable_builds: Annotated[int, msgspec.Meta(ge=1)] = 10
    """Published builds, the newest ones, that `mainstem publish --rollback` can go back to. Their tables
    are kept."""
    worker: bool = True
    """Whether builds are asked of the worker, which `mainstem up` runs. Without, `mainstem build` runs dbt
    itself, and waits for its turn: for pods, which reach no worker."""
    groups: Literal["folders", "whole"] = "folders"
    """What a task of the DAG `transform` builds: a folder of models, or the whole project."""
    group_depth: Annotated[int, msgspec.Meta(ge=1)] = 1
    """How many folders deep groups reach: 1 for `staging`, 2 for `staging/crm`. Folders whose models need
    one another in a circle are one group."""


def socket_path(data_dir: Path) -> Path:
    """The Unix socket on which the worker of a project answers."""
    return data_dir / "transform.sock"
