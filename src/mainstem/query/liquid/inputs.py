"""What a request says of each field: selected or not, its filter, its parameter's value in SQL."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import TYPE_CHECKING

from mainstem.errors import QueryError
from mainstem.filters import TimeRange
from mainstem.query.plan import InputUse
from mainstem.query.predicates import condition_of, operand_of
from mainstem.semantics.model import InputType, Parameter

if TYPE_CHECKING:
    from mainstem.query.clock import Clock
    from mainstem.query.dialects import Dialect
    from mainstem.query.plan import Resolved
    from mainstem.semantics.model import ViewField

_UNQUOTED = re.compile(r"\w*")
_ESCAPED = re.compile(r"\^(.)")
_NULL = "NULL"


class Inputs:
    """Names here are `alias.field`."""

    def __init__(self, resolved: Resolved, dialect: Dialect, clock: Clock) -> None:
        self._resolved = resolved
        self._dialect = dialect
        self._clock = clock
        self._uses: dict[str, InputUse] = {use.name: use for use in resolved.inputs}

    @cached_property
    def selected(self) -> frozenset[str]:
        return frozenset(use.name for use in (*self._resolved.dimensions, *self._resolved.measures))

    @cached_property
    def expressions(self) -> dict[str, str]:
        """Filter expression of every field that is filtered, by the request or by the explore."""
        found = {item.use.name: item.expression for item in self._resolved.filters if item.expression.strip()}
        found |= {use.name: use.value for use in self._uses.values() if use.given and use.value.strip()}
        return found

    def filters_of(self, name: str) -> list[tuple[ViewField, str]]:
        """Every filter on the field: the asker's, and those that guard it; none when it is not filtered."""
        found: list[tuple[ViewField, str]] = [
            (item.use.field, item.expression)
            for item in (*self._resolved.filters, *self._resolved.access)
            if item.use.name == name and item.expression.strip()
        ]
        use = self._use(name)
        if use is not None and use.value.strip():
            found.append((use.field, use.value))
        return found

    def _use(self, name: str) -> InputUse | None:
        """Of a view that the explore does not join, but that a derived table reads, what LookML says."""
        alias, _, field_name = name.partition(".")
        view = self._resolved.model_views.get(alias)
        if name in self._uses or alias in self._resolved.views or view is None:
            return self._uses.get(name)
        field = view.filters.get(field_name) or view.parameters.get(field_name)
        return InputUse(alias, field, field.default_value, given=False) if field else None

    def parameter(self, name: str) -> str:
        """The parameter's value as SQL; NULL where it has none. An unquoted one without a value takes the
        first that is allowed, since nothing else could stand in SQL there. Raises QueryError for a value
        that its type, or its list of allowed values, does not have."""
        use = self._use(name)
        if use is None or not isinstance(use.field, Parameter):
            return _NULL
        field = use.field
        value = use.value
        if not value.strip():
            if field.type is not InputType.UNQUOTED:
                return _NULL
            value = field.allowed_values[0].value if field.allowed_values else ""
        allowed = [one.value for one in field.allowed_values]
        if allowed and value not in (*allowed, field.default_value):
            # LookML's own filters are filter expressions, where `^` takes the next character literally.
            value = _ESCAPED.sub(r"\1", value)
            if value not in (*allowed, field.default_value):
                raise QueryError(f"parameter {name} is {value!r}; valid are {', '.join(allowed)}")
        return self._literal(name, field, value)

    def bounds(self, name: str) -> tuple[str, str]:
        """Begin and end of a date filter as SQL; NULL where it is open, or there is none."""
        for field, expression in self.filters_of(name):
            meaning = condition_of(field, name, expression, self._clock)
            if isinstance(meaning, TimeRange):
                return self._moment(meaning.start, field), self._moment(meaning.end, field)
        return _NULL, _NULL

    def _moment(self, moment: object, field: ViewField) -> str:
        if not isinstance(moment, datetime):
            return _NULL
        operand = operand_of(field, "")
        stored = self._clock.stored(moment, operand.datatype, operand.convert_tz)
        return self._dialect.moment(stored, operand.datatype)

    def _literal(self, name: str, field: Parameter, value: str) -> str:
        match field.type:
            case InputType.UNQUOTED:
                written = (field.default_value, *(one.value for one in field.allowed_values))
                if value not in written and not _UNQUOTED.fullmatch(value):
                    raise QueryError(
                        f"parameter {name} is {value!r}; an unquoted one has letters, digits and underscores"
                    )
                return value
            case InputType.NUMBER:
                return self._dialect.number(_number(name, value))
            case InputType.YESNO:
                if value.lower() not in ("yes", "no", "true", "false"):
                    raise QueryError(f"parameter {name} is {value!r}; valid are yes and no")
                return "TRUE" if value.lower() in ("yes", "true") else "FALSE"
            case InputType.DATE | InputType.DATE_TIME:
                meaning = condition_of(field, name, value, self._clock)
                return self._moment(meaning.start if isinstance(meaning, TimeRange) else None, field)
            case _:
                return self._dialect.text(value)


def _number(name: str, value: str) -> Decimal:
    try:
        return Decimal(value)
    except InvalidOperation as e:
        raise QueryError(f"parameter {name} is {value!r}, which is no number") from e
