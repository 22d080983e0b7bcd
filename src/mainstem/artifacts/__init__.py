"""What dbt wrote about a project: its models, their columns, what is tested of them."""

from __future__ import annotations

from mainstem.artifacts.manifest import DbtColumn, DbtModel, DbtProject, DbtTest, read_manifest

__all__ = ["DbtColumn", "DbtModel", "DbtProject", "DbtTest", "read_manifest"]
