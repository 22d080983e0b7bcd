"""Groups and bins: dimensions that people make of another by filling in a form, kept as expressions.

What a form wrote, a form reads again: an expression of this shape, whoever wrote it, opens as groups or bins.
Any other is an expression to people too.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import TYPE_CHECKING

from mainstem.errors import ExpressionError
from mainstem.filters.calculations import (
    Arithmetic,
    Call,
    Case,
    Comparison,
    Field,
    FilterText,
    Null,
    Number,
    Text,
    parse,
)
from mainstem.semantics.dynamic import group_expression, quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mainstem.filters.calculations import Branch, Expression


@dataclass(frozen=True)
class Groups:
    field: str
    groups: tuple[tuple[str, str], ...]
    """(label, filter expression), the first that fits counts."""
    other: str = ""
    """Of what fits none; empty: NULL."""

    def expression(self) -> str:
        return group_expression(self.field, self.groups, self.other or None)


@dataclass(frozen=True)
class Bins:
    field: str
    size: str = ""
    """As wide as this, all alike: a value is where its bin begins."""
    breaks: str = ""
    """Else numbers with commas between: where one bin ends and the next begins."""

    def expression(self) -> str:
        """Raises ValueError that says what is wrong with the numbers."""
        if self.breaks.strip():
            return _by_breaks(self.field, _numbers(self.breaks))
        (size,) = _numbers(self.size or "") or (Decimal(0),)
        if size <= 0:
            raise ValueError("a bin is as wide as a number above 0, or bins end at numbers: 10, 20, 50")
        return f"floor(${{{self.field}}} / {size:f}) * {size:f}"


def read_groups(expression: str) -> Groups | None:
    """What groups an expression says; None where it says something else."""
    tree = _tree(expression)
    if not isinstance(tree, Case) or not isinstance(tree.default, Text | Null):
        return None
    found: list[tuple[str, str, str]] = []
    for branch in tree.branches:
        match branch.condition, branch.value:
            case Call("matches_filter", (Field(field), FilterText(wanted) | Text(wanted))), Text(label):
                found.append((field, label, wanted))
            case _:
                return None
    fields = {field for field, _, _ in found}
    if len(fields) != 1:
        return None
    other = tree.default.value if isinstance(tree.default, Text) else ""
    return Groups(found[0][0], tuple((label, wanted) for _, label, wanted in found), other)


def read_bins(expression: str) -> Bins | None:
    """The same of bins."""
    match _tree(expression):
        case Arithmetic(
            "*", Call("floor", (Arithmetic("/", Field(field), Number(size)),)), Number(again)
        ) if size == again:
            return Bins(field, size=f"{size:f}")
        case Case(branches, Text()) if (
            breaks := [_break(branch) for branch in branches[1:]]
        ) and None not in breaks:
            known = [one for one in breaks if one is not None]
            if len({field for field, _ in known}) == 1 and _is_null_test(branches[0], known[0][0]):
                return Bins(known[0][0], breaks=", ".join(f"{number:f}" for _, number in known))
    return None


def _tree(expression: str) -> Expression | None:
    try:
        return parse(expression)
    except ExpressionError:
        return None


def _break(branch: Branch) -> tuple[str, Decimal] | None:
    match branch.condition, branch.value:
        case Comparison("<", Field(field), Number(number)), Text():
            return field, number
        case _:
            return None


def _is_null_test(branch: Branch, field: str) -> bool:
    match branch.condition, branch.value:
        case Call("is_null", (Field(name),)), Null():
            return name == field
        case _:
            return False


def _by_breaks(field: str, breaks: Sequence[Decimal]) -> str:
    """Labels begin with their place, since texts are sorted as texts."""
    if not breaks or any(low >= high for low, high in pairwise(breaks)):
        raise ValueError("the numbers at which bins end must rise: 10, 20, 50")
    width = len(str(len(breaks) + 1))
    names = [f"below {breaks[0]:f}"]
    names += [f"{low:f} to below {high:f}" for low, high in pairwise(breaks)]
    names.append(f"{breaks[-1]:f} and above")
    labels = [quoted(f"{n:0{width}d}: {name}") for n, name in enumerate(names, start=1)]
    whens = [f"when(is_null(${{{field}}}), null)"]
    whens += [
        f"when(${{{field}}} < {end:f}, {label})" for end, label in zip(breaks, labels[:-1], strict=True)
    ]
    return f"case({', '.join([*whens, labels[-1]])})"


def _numbers(text: str) -> tuple[Decimal, ...]:
    found = []
    for piece in text.replace(";", ",").split(","):
        if not piece.strip():
            continue
        try:
            number = Decimal(piece.strip())
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite():
            raise ValueError(f"“{piece.strip()}” is no number")
        found.append(number)
    return tuple(found)
