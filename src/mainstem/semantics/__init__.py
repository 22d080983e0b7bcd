"""LookML files become one frozen, serialisable model.

Pure but for reading files. Everything wrong is reported with file and line; nothing that is written is
passed over in silence.
"""

from __future__ import annotations

from mainstem.semantics.dashboard import Dashboard, DashboardFilter, Element, ElementType, FilterType
from mainstem.semantics.fields import UnknownField, fields_of, find_any_field, find_field, views_of
from mainstem.semantics.loading import Reading, load_project, read_project
from mainstem.semantics.model import (
    Datatype,
    Dimension,
    DimensionType,
    Explore,
    Join,
    JoinType,
    Measure,
    MeasureFilter,
    MeasureType,
    Model,
    Origin,
    Relationship,
    Timeframe,
    View,
)
from mainstem.semantics.project import Project

__all__ = [
    "Dashboard",
    "DashboardFilter",
    "Datatype",
    "Dimension",
    "DimensionType",
    "Element",
    "ElementType",
    "Explore",
    "FilterType",
    "Join",
    "JoinType",
    "Measure",
    "MeasureFilter",
    "MeasureType",
    "Model",
    "Origin",
    "Project",
    "Reading",
    "Relationship",
    "Timeframe",
    "UnknownField",
    "View",
    "fields_of",
    "find_any_field",
    "find_field",
    "load_project",
    "read_project",
    "views_of",
]
