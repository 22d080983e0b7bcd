"""The parameters most functions have, by a word each: `number("base")`, `column("expression")`."""

from __future__ import annotations

from mainstem.filters.calculations.functions.record import Parameter


def number(name: str, optional: bool = False) -> Parameter:
    return Parameter(name, "number", optional=optional)


def text(name: str) -> Parameter:
    return Parameter(name, "string")


def day(name: str) -> Parameter:
    return Parameter(name, "date")


def yesno(name: str) -> Parameter:
    return Parameter(name, "yesno")


def anything(name: str, listed: bool = False) -> Parameter:
    return Parameter(name, "any", listed=listed)


def several(name: str, listed: bool = False) -> Parameter:
    """One or more of any type."""
    return Parameter(name, "any", repeated=True, listed=listed)


def numbers(name: str = "expression") -> Parameter:
    """A column of numbers, or of lists of numbers."""
    return Parameter(name, "number", role="column")


def column(name: str = "expression") -> Parameter:
    """A column of whatever type, or of lists."""
    return Parameter(name, "any", role="column")
