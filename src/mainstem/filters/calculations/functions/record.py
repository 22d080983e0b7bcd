"""What a function is: its name, what it takes, what it gives, a line of help and an example that is tested.

A record is what help while typing shows and what docs/table-calculations.md is made of. How a function is
reckoned is one of four ways, so that a family needs nothing of rows and pivots:

- `Scalar`: cells of one row in, a cell out; null where an argument is null, unless `takes_null`
- `Aggregate`: whole columns in, and out a function of what else a row gives; where the columns are of lists,
  each row's lists are taken in place of the column
- `Whole`: a column in, a column out
- `Placed`: expressions in, evaluated where the function wants: in other rows, in other pivot columns
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from mainstem.filters.calculations.expression import Expression
    from mainstem.filters.calculations.kinds import Cells, Kind, ValueType

Family: TypeAlias = Literal[
    "logical",
    "mathematical",
    "string",
    "date",
    "aggregate",
    "statistical",
    "distribution",
    "row",
    "pivot",
    "filter",
]
Role: TypeAlias = Literal["value", "column"]
Same: TypeAlias = Literal["common", "first", "last"]


@dataclass(frozen=True)
class Parameter:
    """An argument. A `column` is looked at as a whole, or as each row's list; a `value` row by row."""

    name: str
    kind: Kind
    role: Role = "value"
    listed: bool = False
    """A `value` that may be a list too."""
    optional: bool = False
    repeated: bool = False
    """The last parameter only: it may be given any number of times, and at least once."""


@dataclass(frozen=True)
class Scalar:
    run: Callable[..., Any]
    takes_null: bool = False


@dataclass(frozen=True)
class Aggregate:
    """`run(*columns)` gives `of(*values)`: what is costly about a column is done once, not for every row."""

    run: Callable[..., Callable[..., Any]]
    opens_lists: bool = True
    """Each row's list is taken in place of the column; else a column of lists is a table of numbers."""


@dataclass(frozen=True)
class Whole:
    run: Callable[[Cells], Cells]


class Frame(Protocol):
    """What a placed function may ask for."""

    rows: int
    pivots: int
    """How many pivot columns there are; 0 of a result that is not pivoted."""
    pivot: int | None
    """The pivot column the function is evaluated in, counted from 0; None outside of any."""

    def column(self, expression: Expression, pivot: int | None) -> Cells: ...

    def now(self) -> datetime: ...

    def random(self) -> float: ...


@dataclass(frozen=True)
class Placed:
    run: Callable[[Frame, Sequence[Expression]], Cells]
    spans_rows: bool = False
    """It looks at other rows than the one it stands in."""
    spans_pivots: bool = False
    """It looks at other pivot columns, or at which one it stands in."""
    collapses: int = 0
    """So many first arguments are evaluated in pivot columns of its choice, not in the one it stands in."""


Manner: TypeAlias = Scalar | Aggregate | Whole | Placed | None
"""None: the function is not evaluated here, but only turned into SQL."""


@dataclass(frozen=True)
class Function:
    name: str
    family: Family
    parameters: tuple[Parameter, ...]
    result: ValueType | Same
    """A type, or whose it is: that of all arguments alike, of the first, or of the last."""
    help: str
    example: str
    shows: str
    """What the example gives on the table of docs/table-calculations.md, as the test writes it."""
    manner: Manner
    everywhere: bool = False
    """Valid in custom fields and custom filters too, which the database evaluates."""
    makes_list: bool = False
    """The result is a list of values of the type that `result` says."""
    opens_list: bool = False
    """Where the argument is a list, the result is one of its values."""

    @property
    def signature(self) -> str:
        """`round(value, [num_decimals])`"""
        named = [
            f"[{one.name}]" if one.optional else f"{one.name}, …" if one.repeated else one.name
            for one in self.parameters
        ]
        return f"{self.name}({', '.join(named)})"
