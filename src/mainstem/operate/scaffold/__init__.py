"""LookML from dbt: a first view for each model, an explore that joins what dbt says belongs together."""

from __future__ import annotations

from mainstem.operate.scaffold.files import scaffold
from mainstem.operate.scaffold.kinds import Kind, kind_of

__all__ = ["Kind", "kind_of", "scaffold"]
