"""Clauses of SQL as lines of text: an item a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mainstem.query.plan import Sort


def items(items: list[str]) -> list[str]:
    lines = [f"  {item}," for item in items[:-1]]
    return [*lines, f"  {items[-1]}"]


def all_of(clause: str, terms: tuple[str, ...]) -> list[str]:
    return [f"{clause} {terms[0]}", *(f"  AND {term}" for term in terms[1:])] if terms else []


def group_by(count: int) -> list[str]:
    return [f"GROUP BY {', '.join(str(n + 1) for n in range(count))}"] if count else []


def direction(sort: Sort) -> str:
    """NULLs last either way: warehouses differ in their defaults."""
    return " DESC NULLS LAST" if sort.descending else " NULLS LAST"


def indented(lines: list[str]) -> list[str]:
    return [f"  {part}" for line in lines for part in line.splitlines()]
