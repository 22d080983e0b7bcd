"""Filter expressions that LookML itself holds: whether each belongs to its field's grammar."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from mainstem.errors import QueryError
from mainstem.semantics.filtering import condition_of
from mainstem.semantics.model import Parameter

if TYPE_CHECKING:
    from mainstem.semantics.model import Origin, ViewField
    from mainstem.semantics.problems import Problems

_ANY_TIME = datetime(2000, 1, 1)  # noqa: DTZ001 -- only whether an expression can be read is asked


def check_expression(
    field: ViewField, name: str, expression: str, origin: Origin, problems: Problems
) -> None:
    """What Liquid makes of an expression is known only when it is asked; a parameter holds a value, no
    expression."""
    if "{%" in expression or "{{" in expression or isinstance(field, Parameter):
        return
    try:
        condition_of(field, expression, _ANY_TIME)
    except QueryError as e:
        problems.error(origin, f"{name}: {e}")
