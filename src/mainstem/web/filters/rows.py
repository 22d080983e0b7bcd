"""What a filter's control holds, as a form does: an operator's name, and texts that nobody has checked yet.

A row is one condition. Its operator says by its shape which texts it takes; a row whose texts are all blank
says nothing, whatever its operator.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

MATCHES = "matches"
"""The operator of a row that stands for an expression no control can show."""


class Operator(NamedTuple):
    name: str
    label: str
    shape: str = ""
    """Which texts it takes: the name of a macro of `filter_shapes.html`; empty for none."""
    group: str = ""


@dataclass(frozen=True)
class Row:
    operator: str
    values: tuple[str, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str:
        return self.texts.get(name, "").strip()

    def is_blank(self, *names: str) -> bool:
        return not any(self.text(name) for name in names)
