"""Filter expressions about cohorts: `in cohort a`, `not in cohort b`, several with commas between.

They are expressions of a field that is the key of a unit, beside those of its own grammar: rows whose unit is
in any of the cohorts named by `in cohort`, and in none of those named by `not in cohort`. A row without a
unit is in no cohort. A value that reads like one is written in quotation marks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_TERM = re.compile(r"\s*(not\s+)?in\s+cohorts?\s+([a-z0-9][a-z0-9-]*)\s*", re.IGNORECASE)
_MORE = re.compile(r"\s*([a-z0-9][a-z0-9-]*)\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Membership:
    """Cohorts by their short names."""

    any_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.any_of, *self.none_of)))

    @property
    def expression(self) -> str:
        said = [f"in cohort {name}" for name in self.any_of]
        return ", ".join([*said, *(f"not in cohort {name}" for name in self.none_of)])

    @property
    def english(self) -> str:
        said = [f"in cohort {' or '.join(self.any_of)}"] if self.any_of else []
        return " and ".join(
            [*said, *([f"not in cohort {' or '.join(self.none_of)}"] if self.none_of else [])]
        )


def parse_membership(expression: str) -> Membership | None:
    """None for an expression that is not about cohorts."""
    any_of: list[str] = []
    none_of: list[str] = []
    current: list[str] | None = None
    for part in expression.split(","):
        if term := _TERM.fullmatch(part):
            current = none_of if term[1] else any_of
            current.append(term[2].lower())
        elif current is not None and (more := _MORE.fullmatch(part)):
            current.append(more[1].lower())
        else:
            return None
    return Membership(tuple(dict.fromkeys(any_of)), tuple(dict.fromkeys(none_of)))
