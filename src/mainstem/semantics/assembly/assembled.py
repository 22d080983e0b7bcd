"""What assembly hands on: the final blocks of each model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mainstem.semantics.model import Origin
    from mainstem.semantics.syntax import Block, Node


@dataclass(frozen=True)
class AssembledModel:
    """Blocks after constants, includes, refinements and extensions; two models that share a view share its
    block. Whatever must be extended is not among them."""

    name: str
    origin: Origin
    own: Block
    """The top of the model's own file, `model: name { … }` as it were."""
    views: dict[str, Block]
    explores: dict[str, Block]
    rest: tuple[Node, ...]
    """Everything else at the top of any of its files, in order."""
    templates: frozenset[str]
    """Views and explores with `extension: required`."""
    files: tuple[str, ...]
    """Every file it reads, its own first."""
