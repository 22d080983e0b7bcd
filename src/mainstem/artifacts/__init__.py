"""What dbt wrote about a project: its models, what each is made from, what came of a run."""

from __future__ import annotations

from mainstem.artifacts.lineage import (
    Lineage,
    LineageExposure,
    LineageNode,
    LineageTest,
    read_lineage,
)
from mainstem.artifacts.manifest import DbtColumn, DbtModel, DbtProject, DbtTest, read_manifest
from mainstem.artifacts.outcomes import Outcome, Outcomes, newest_words, read_outcomes

__all__ = [
    "DbtColumn",
    "DbtModel",
    "DbtProject",
    "DbtTest",
    "Lineage",
    "LineageExposure",
    "LineageNode",
    "LineageTest",
    "Outcome",
    "Outcomes",
    "newest_words",
    "read_lineage",
    "read_manifest",
    "read_outcomes",
]
