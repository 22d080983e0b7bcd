"""Liquid about one cell of an answer: its `html:`, and the entries of its menu (`link:`).

What comes out is text by whoever wrote the model, with values of the warehouse in it: a page has to clean it
before it shows it. Text that is no Liquid any more than HTML is given back as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec

from mainstem.query.display import display
from mainstem.semantics.liquid import LiquidProblem, has_liquid, render

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mainstem.query.result import Cell, OutputColumn


class CellLink(msgspec.Struct, frozen=True):
    label: str
    url: str
    icon_url: str | None = None


class Cells:
    """The cells of an answer's rows, in Liquid's eyes."""

    def __init__(self, columns: Sequence[OutputColumn], filters: Mapping[str, str]) -> None:
        """`filters`: `view.field` → filter expression, what `_filters` stands for."""
        self._columns = columns
        self._filters = filters

    def html(self, place: int, row: Sequence[Cell]) -> str | None:
        """The cell's HTML; None where its field has none. Raises LiquidProblem."""
        column = self._columns[place]
        return None if column.html is None else self._rendered(column.html, place, row)

    def links(self, place: int, row: Sequence[Cell]) -> tuple[CellLink, ...]:
        """Those that lead somewhere: a url that renders to nothing is no entry."""
        found = []
        for link in self._columns[place].links:
            url = self._rendered(link.url, place, row).strip()
            if url:
                icon = self._rendered(link.icon_url, place, row) if link.icon_url else None
                found.append(CellLink(self._rendered(link.label, place, row), url, icon))
        return tuple(found)

    def _rendered(self, text: str, place: int, row: Sequence[Cell]) -> str:
        return render(text, _Values(self._columns, self._filters, place, row)) if has_liquid(text) else text


class _Values:
    def __init__(
        self,
        columns: Sequence[OutputColumn],
        filters: Mapping[str, str],
        place: int,
        row: Sequence[Cell],
    ) -> None:
        self._names = _Names(columns, filters, place, row)

    def names(self) -> Mapping[str, object]:
        return self._names

    def parameter(self, name: str) -> str:
        return self._names.filters.get(name, "")

    def condition(self, name: str, sql: str) -> str:
        raise LiquidProblem(f"{{% condition {name} %}} has no meaning about a cell")

    def date_start(self, name: str) -> str:
        raise LiquidProblem(f"{{% date_start {name} %}} has no meaning about a cell")

    def date_end(self, name: str) -> str:
        raise LiquidProblem(f"{{% date_end {name} %}} has no meaning about a cell")


class _Names(Mapping[str, object]):
    def __init__(
        self, columns: Sequence[OutputColumn], filters: Mapping[str, str], place: int, row: Sequence[Cell]
    ) -> None:
        self.filters = filters
        own = _Cell(columns[place], row[place])
        self._fixed: dict[str, object] = {
            "value": own["_value"],
            "rendered_value": own["_rendered_value"],
            "filterable_value": own["_filterable_value"],
            "linked_value": own["_linked_value"],
            "link": "",
            "_filters": filters,
            "row": {column.name: cell for column, cell in zip(columns, row, strict=True)},
        }
        self._views: dict[str, dict[str, _Cell]] = {}
        for column, cell in zip(columns, row, strict=True):
            view, dot, field = column.name.rpartition(".")
            if dot:
                self._views.setdefault(view, {})[field] = _Cell(column, cell)
        self._own_view = self._views.get(columns[place].name.rpartition(".")[0], {})

    def __getitem__(self, name: str) -> object:
        if name in self._fixed:
            return self._fixed[name]
        return self._views[name] if name in self._views else self._own_view[name]

    def __iter__(self) -> Iterator[str]:
        yield from self._fixed
        yield from self._views

    def __len__(self) -> int:
        return len(self._fixed) + len(self._views)


class _Cell(Mapping[str, object]):
    def __init__(self, column: OutputColumn, cell: Cell) -> None:
        self._column = column
        self._cell = cell

    def __getitem__(self, name: str) -> object:
        match name:
            case "_value":
                return self._cell
            case "_rendered_value" | "_linked_value":
                return display(self._cell, self._column)
            case "_filterable_value":
                return quote("" if self._cell is None else str(self._cell), safe="")
            case "_link":
                return ""
            case "_name":
                return self._column.name
            case "_label":
                return self._column.field_label
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(("_value", "_rendered_value", "_linked_value", "_filterable_value", "_name", "_label"))

    def __len__(self) -> int:
        return 6

    def __str__(self) -> str:
        return display(self._cell, self._column)

    def __liquid__(self) -> object:
        return self._cell
