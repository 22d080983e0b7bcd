"""Settings of the semantic model."""

from __future__ import annotations

import msgspec


class SemanticsSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[semantics]` of `mainstem.toml`."""

    project_dir: str = "lookml"
    """Folder of the LookML project, relative to the project's own."""
