"""A whole LookML project, read: its models, its dashboards, and how much was read."""

from __future__ import annotations

import msgspec

from mainstem.semantics.dashboard import Dashboard
from mainstem.semantics.model import Model


class Project(msgspec.Struct, frozen=True, kw_only=True):
    files: tuple[str, ...] = ()
    """Every LookML file read, relative to the project's folder, sorted."""
    models: dict[str, Model] = {}
    dashboards: dict[str, Dashboard] = {}
