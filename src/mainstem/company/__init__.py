"""The company package: models, LookML and dashboards that ship with Mainstem, as content.

A project takes them over as a dbt package and as a LookML folder; no code here, only where they lie.
"""

from __future__ import annotations

from pathlib import Path

__all__ = ["DBT_PACKAGE", "LOOKML"]

DBT_PACKAGE = Path(__file__).parent / "dbt"
"""A dbt package named `company`; a project depends on it with `packages: [{local: <this path>}]`."""
LOOKML = Path(__file__).parent / "lookml"
"""`company.model.lkml`, its views and its dashboards."""
