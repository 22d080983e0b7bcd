"""Nodes of many files → final blocks of each model.

Constants are replaced, includes followed, refinements and extensions laid over one another; what comes out
needs no other file to be understood. No parameter is given a meaning here but those that do these things.
"""

from __future__ import annotations

from mainstem.semantics.assembly.assembled import AssembledModel
from mainstem.semantics.assembly.assembling import (
    assemble,
    assemble_without_models,
    manifest_of,
    model_files,
    overridden,
    settle_constants,
)
from mainstem.semantics.assembly.patterns import Files

__all__ = [
    "AssembledModel",
    "Files",
    "assemble",
    "assemble_without_models",
    "manifest_of",
    "model_files",
    "overridden",
    "settle_constants",
]
