"""What a template draws a table from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from markupsafe import Markup


@dataclass(frozen=True)
class HeadCell:
    text: str
    numeric: bool
    name: str = ""
    """`view.field`."""


@dataclass(frozen=True)
class Paint:
    """Colours as `#rrggbb`, empty for those of the page; the page's own are left where a rule says none."""

    background: str = ""
    ink: str = ""
    bold: bool = False
    italic: bool = False
    struck: bool = False

    @property
    def classes(self) -> str:
        names = (("cell-bold", self.bold), ("cell-italic", self.italic), ("cell-struck", self.struck))
        return " ".join(name for name, is_so in names if is_so)


@dataclass(frozen=True)
class CellLink:
    label: str
    href: str


@dataclass(frozen=True)
class BodyCell:
    text: str
    numeric: bool
    short: bool
    """Reads as one piece: a number, a date; not to be broken over lines."""
    state: str
    """value, null (the value is NULL) or absent (no such row came)."""
    is_head: bool
    long: bool = False
    """Words enough to need room to be read in."""
    html: Markup | None = None
    """In place of the text, where the model says how."""
    href: str = ""
    """The rows that it was counted from, or the first link of the model."""
    links: tuple[CellLink, ...] = ()
    """Further places, as the model says."""
    paint: Paint | None = None
    pick: tuple[str, str] | None = None
    """Of a dimension that can be filtered by: `view.field` and the expression for this value."""
    picked: bool = False
    """Whether it is among what was picked."""
    problem: str = ""
    """Why what the model says of this cell could not be made."""


@dataclass(frozen=True)
class Row:
    cells: tuple[BodyCell, ...]
    kind: Literal["row", "subtotal", "total"] = "row"
    steps_back: bool = False
    """Whether others were picked."""
    label: str = ""
    """What a chart of the same answer calls it: its dimensions' values."""


@dataclass(frozen=True)
class Table:
    groups: tuple[tuple[str, int], ...]
    """Heads that span columns, (text, columns), above a pivoted table; empty otherwise."""
    lead: int
    """Columns before the first group."""
    head: tuple[HeadCell, ...]
    rows: tuple[Row, ...]
    columns_left_out: int = 0
    """Pivoted columns past the limit."""
