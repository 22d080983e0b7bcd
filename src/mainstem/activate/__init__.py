"""What was learned goes back to where people work: rows of models into records of other services.

Promise: nothing is written that did not stand in a plan; a record that others changed is theirs unless an
activation says otherwise; whatever dies, no row is written twice and none is lost. It reads models that are
published and knows none of them.
"""

from __future__ import annotations

from mainstem.activate.contract import (
    Batch,
    Destination,
    Op,
    Parent,
    Powers,
    Refusal,
    Result,
    Target,
    Trouble,
    Write,
)
from mainstem.activate.kind import DestinationKind, Opening, find_kind, kind_names
from mainstem.activate.settings import DestinationSettings, read_destinations
from mainstem.activate.shapes import Field, Kind, Shape, Unfitting, Value, comparable, fitted

__all__ = [
    "Batch",
    "Destination",
    "DestinationKind",
    "DestinationSettings",
    "Field",
    "Kind",
    "Op",
    "Opening",
    "Parent",
    "Powers",
    "Refusal",
    "Result",
    "Shape",
    "Target",
    "Trouble",
    "Unfitting",
    "Value",
    "Write",
    "comparable",
    "find_kind",
    "fitted",
    "kind_names",
    "read_destinations",
]
