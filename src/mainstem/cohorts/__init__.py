"""Funnels, retentions and paths over explores, and the cohorts that come of them.

A definition becomes requests of explores, as anybody's question is, and one text around them (`question`);
what comes back is read into answers (`answers`). It knows no table and no page.
"""

from __future__ import annotations

from mainstem.cohorts.definition import (
    Condition,
    Definition,
    Funnel,
    FunnelPick,
    Method,
    Mode,
    PathPick,
    Paths,
    Pick,
    Retention,
    RetentionPick,
    Span,
)
from mainstem.cohorts.question import counted, members
from mainstem.cohorts.sources import Source, source_named, sources
from mainstem.query.cohorts import unit_of

__all__ = [
    "Condition",
    "Definition",
    "Funnel",
    "FunnelPick",
    "Method",
    "Mode",
    "PathPick",
    "Paths",
    "Pick",
    "Retention",
    "RetentionPick",
    "Source",
    "Span",
    "counted",
    "members",
    "source_named",
    "sources",
    "unit_of",
]
