"""What filter-only fields and parameters hold: what the request says, else what LookML says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mainstem.errors import QueryError
from mainstem.query.plan import InputUse
from mainstem.semantics.model import InputType, Parameter
from mainstem.semantics.problems import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mainstem.semantics.model import View

_VALID = {
    InputType.UNQUOTED: (re.compile(r"\w*"), "letters, digits and underscores"),
    InputType.NUMBER: (re.compile(r"\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?\s*"), "a number"),
    InputType.YESNO: (re.compile(r"\s*(?:yes|no|true|false)\s*", re.IGNORECASE), "yes or no"),
}


def inputs(
    views: dict[str, View], values: Mapping[str, str], asked: Mapping[str, str]
) -> tuple[InputUse, ...]:
    """Of every filter-only field and parameter. `values` come from LookML's standing filters, `asked` from
    the request; an empty one takes the default. Raises QueryError for a value the parameter does not have."""
    found: list[InputUse] = []
    for alias, view in views.items():
        for field in view.inputs:
            name = f"{alias}.{field.name}"
            said = asked.get(name, "") or values.get(name, "")
            if isinstance(field, Parameter) and name in asked and said.strip():
                _check(name, field, said)
            found.append(InputUse(alias, field, said or field.default_value, given=bool(said)))
    return tuple(found)


def _check(name: str, parameter: Parameter, value: str) -> None:
    """What goes into SQL as it is must not be able to be SQL."""
    allowed = [one.value for one in parameter.allowed_values]
    if allowed and value not in allowed:
        raise QueryError(
            f"{name} cannot be {value!r}{did_you_mean(value, allowed)}; valid are {', '.join(allowed)}"
        )
    if not allowed and parameter.type in _VALID:
        pattern, valid = _VALID[parameter.type]
        if not pattern.fullmatch(value):
            raise QueryError(f"{name} ({parameter.type}) cannot be {value!r}; valid is {valid}")
