"""`value_format` and `value_format_name` of a field."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.semantics.problems import did_you_mean
from mainstem.semantics.value_format import NAMED

if TYPE_CHECKING:
    from mainstem.semantics.reading.parameters import Parameters


def format_of(given: Parameters) -> tuple[str | None, str | None]:
    """`(value_format, value_format_name)`; the pattern as written, the name one of Looker's."""
    name = given.text("value_format_name")
    if name is not None and name not in NAMED:
        hint = did_you_mean(name, NAMED)
        given.problems.error(
            given.origin("value_format_name"), f"unknown value_format_name {name}{hint}; valid are {_names()}"
        )
        name = None
    return given.text("value_format"), name


def _names() -> str:
    return ", ".join(NAMED)
