"""The semantic model: what LookML means once it is read, as frozen values that serialise.

Every name inside is settled: constants, includes, refinements and extensions are done with, dimension groups
are expanded into one dimension a timeframe, defaults are filled in. SQL stays text in the warehouse's
dialect with its `${…}` references and its Liquid; queries read those. Nothing here knows files, warehouses
or requests.
"""

from __future__ import annotations

from mainstem.semantics.model.explore import (
    AccessFilter,
    AlwaysFilter,
    ConditionalFilter,
    Explore,
    ExploreQuery,
    Join,
)
from mainstem.semantics.model.field import (
    AllowedValue,
    Dimension,
    FieldFilter,
    FilterField,
    Link,
    Measure,
    MeasureFilter,
    Parameter,
    Presentation,
    ViewField,
    When,
)
from mainstem.semantics.model.model import AccessGrant, Assertion, DataTest, Model, NamedFormat
from mainstem.semantics.model.origin import Origin
from mainstem.semantics.model.types import (
    EXPRESSIONS,
    OVER_ROWS,
    Datatype,
    DimensionType,
    InputType,
    Interval,
    JoinType,
    MeasureType,
    Relationship,
    TierStyle,
    Timeframe,
)
from mainstem.semantics.model.view import (
    BoundFilter,
    DerivedColumn,
    DerivedTable,
    ExploreSource,
    Persistence,
    SourceColumn,
    View,
)

__all__ = [
    "EXPRESSIONS",
    "OVER_ROWS",
    "AccessFilter",
    "AccessGrant",
    "AllowedValue",
    "AlwaysFilter",
    "Assertion",
    "BoundFilter",
    "ConditionalFilter",
    "DataTest",
    "Datatype",
    "DerivedColumn",
    "DerivedTable",
    "Dimension",
    "DimensionType",
    "Explore",
    "ExploreQuery",
    "ExploreSource",
    "FieldFilter",
    "FilterField",
    "InputType",
    "Interval",
    "Join",
    "JoinType",
    "Link",
    "Measure",
    "MeasureFilter",
    "MeasureType",
    "Model",
    "NamedFormat",
    "Origin",
    "Parameter",
    "Persistence",
    "Presentation",
    "Relationship",
    "SourceColumn",
    "TierStyle",
    "Timeframe",
    "View",
    "ViewField",
    "When",
]
