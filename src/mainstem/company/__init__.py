"""The company package: models, LookML, dashboards and tracking plans that ship with Mainstem, as content.

A project takes them over as a dbt package and as folders of its own; no code here, only where they lie.
"""

from __future__ import annotations

from pathlib import Path

__all__ = ["DBT_PACKAGE", "LOOKML", "TRACKING_PLANS"]

DBT_PACKAGE = Path(__file__).parent / "dbt"
"""A dbt package named `company`; a project depends on it with `packages: [{local: <this path>}]`."""
LOOKML = Path(__file__).parent / "lookml"
"""`company.model.lkml`, its views and its dashboards."""
TRACKING_PLANS = Path(__file__).parent / "tracking-plan"
"""A plan for each of the sources that the models read."""
