"""`value_format` and `value_format_name` of a field."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.semantics.problems import did_you_mean
from mainstem.semantics.value_format import NAMED, pattern_of

if TYPE_CHECKING:
    from mainstem.semantics.reading.parameters import Parameters


def format_of(given: Parameters) -> tuple[str | None, str | None]:
    """`(value_format, value_format_name)`; a format that cannot be shown is dropped with a word about it."""
    written, name = given.text("value_format"), given.text("value_format_name")
    if written is not None and pattern_of(written) is None:
        given.problems.warning(
            given.origin("value_format"),
            f"value_format {written!r} has no effect yet; supported are forms like 0, #,##0.00, 0.0%, $#,##0",
        )
        written = None
    if name is not None and name not in NAMED:
        hint = did_you_mean(name, NAMED)
        given.problems.error(
            given.origin("value_format_name"), f"unknown value_format_name {name}{hint}; valid are {_names()}"
        )
        name = None
    return written, name


def _names() -> str:
    return ", ".join(NAMED)
