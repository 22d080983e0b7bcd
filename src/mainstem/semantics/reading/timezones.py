"""`convert_tz`: every day, week and month here is one of UTC, and nothing converts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mainstem.semantics.reading.parameters import Parameters


def note_convert_tz(given: Parameters) -> None:
    """`no` is what happens anyway; `yes` asks for what does not happen."""
    if given.yesno("convert_tz"):
        given.problems.warning(
            given.origin("convert_tz"), "convert_tz: yes has no effect yet; times stay in UTC"
        )
