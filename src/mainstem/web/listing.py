"""A table's order and page, out of a URL and back into links.

The URL is the only state, so a table is shared, reloaded and gone back to. What the rows are, and how they
are fetched in that order, is the caller's; a column that is not offered for sorting sorts nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from starlette.requests import Request

_AROUND = 2
"""Pages linked at either side of the present one."""


@dataclass(frozen=True)
class Column:
    key: str
    label: str
    numeric: bool = False
    sortable: bool = False


@dataclass(frozen=True)
class Asked:
    """What a URL asks of a table: `?sort=-name&page=2`."""

    path: str
    sort: str
    descending: bool
    page: int
    size: int
    others: tuple[tuple[str, str], ...] = ()
    """Further parameters, such as a search; links keep them."""

    @property
    def offset(self) -> int:
        """Rows before the page."""
        return (self.page - 1) * self.size

    def with_rows(self, rows: Sequence[Any], total: int) -> Listing:
        """`rows` of this page, out of `total`."""
        return Listing(self, tuple(rows), total)

    def page_of(self, rows: Sequence[Any]) -> Listing:
        """This page, cut from all the rows; the last one when the URL asks for a later one."""
        last = max(1, -(-len(rows) // self.size))
        asked = self if self.page <= last else _at_page(self, last)
        return Listing(asked, tuple(rows[asked.offset : asked.offset + asked.size]), len(rows))


@dataclass(frozen=True)
class Listing:
    """A page of rows, with the links that `templates/frame/tables.html` draws."""

    asked: Asked
    rows: tuple[Any, ...] = field(repr=False)
    total: int

    @property
    def page(self) -> int:
        return self.asked.page

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.asked.size))

    @property
    def first(self) -> int:
        """Number of the first row shown, from 1."""
        return self.asked.offset + 1

    @property
    def last(self) -> int:
        return self.asked.offset + len(self.rows)

    @property
    def near(self) -> tuple[int | None, ...]:
        """Numbers of the pages to link; None where some are left out."""
        shown = [n for n in range(1, self.pages + 1) if self._is_linked(n)]
        gaps = [0, *shown]
        return tuple(
            number
            for before, here in zip(gaps, shown, strict=False)
            for number in ((None, here) if here - before > 1 else (here,))
        )

    def order_of(self, key: str) -> str | None:
        """The value of `aria-sort` for a column; None for one that does not order the rows."""
        if key != self.asked.sort:
            return None
        return "descending" if self.asked.descending else "ascending"

    def sort_href(self, key: str) -> str:
        """Order by `key`, from its first page; the other way round when it orders already."""
        downwards = self.order_of(key) == "ascending"
        return self._href([("sort", f"-{key}" if downwards else key)])

    def page_href(self, number: int) -> str:
        order = f"-{self.asked.sort}" if self.asked.descending else self.asked.sort
        return self._href([("sort", order), ("page", str(number))])

    def _is_linked(self, number: int) -> bool:
        return number in (1, self.pages) or abs(number - self.page) <= _AROUND

    def _href(self, changed: list[tuple[str, str]]) -> str:
        return f"{self.asked.path}?{urlencode([*self.asked.others, *changed])}"


def asked_listing(request: Request, columns: Iterable[Column], default_sort: str, size: int = 50) -> Asked:
    """Read `sort` and `page`; what cannot be meant (a column without sorting, page 0) is the default.

    `default_sort` is a key, with a leading `-` for descending order.
    """
    query = request.query_params
    sortable = {column.key for column in columns if column.sortable}
    written = query.get("sort", "")
    sort = written if written.removeprefix("-") in sortable else default_sort
    page = query.get("page", "")
    return Asked(
        path=request.url.path,
        sort=sort.removeprefix("-"),
        descending=sort.startswith("-"),
        page=max(1, int(page)) if page.isascii() and page.isdigit() and len(page) < 10 else 1,
        size=size,
        others=tuple((k, v) for k, v in query.multi_items() if k not in ("sort", "page")),
    )


def _at_page(asked: Asked, page: int) -> Asked:
    return Asked(asked.path, asked.sort, asked.descending, page, asked.size, asked.others)
