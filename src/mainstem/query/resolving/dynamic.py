"""Fields of a request alone: custom dimensions and custom measures.

They may read what the asker may see and nothing else. A custom dimension's type is that of its expression.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from mainstem.errors import QueryError
from mainstem.filters.calculations import Call, Expression, Field, check, parse, walk
from mainstem.query.plan import CUSTOM, FieldUse
from mainstem.query.request import CustomDimension, CustomMeasure, TableCalculation
from mainstem.query.result import OutputType
from mainstem.query.values import output_type
from mainstem.semantics.labels import label_of
from mainstem.semantics.model import (
    Datatype,
    Dimension,
    DimensionType,
    FieldFilter,
    Measure,
    MeasureType,
    Timeframe,
)
from mainstem.semantics.problems import did_you_mean

if TYPE_CHECKING:
    from mainstem.filters.calculations import Kind
    from mainstem.query.request import Request
    from mainstem.query.resolving.offer import Offer

_NAME = re.compile(r"[A-Za-z_]\w*")
_KINDS: dict[OutputType, Kind] = {
    OutputType.NUMBER: "number",
    OutputType.STRING: "string",
    OutputType.YESNO: "yesno",
    OutputType.DATE: "date",
    OutputType.TIME: "date",
}
_TYPES = {
    "number": DimensionType.NUMBER,
    "string": DimensionType.STRING,
    "yesno": DimensionType.YESNO,
    "any": DimensionType.STRING,
}
_STARTS = frozenset({Timeframe.MONTH, Timeframe.QUARTER})
"""Shown as text, reckoned with as the date they begin on."""
_DAYS = frozenset({"date", "trunc_days", "trunc_months", "trunc_quarters", "trunc_weeks", "trunc_years"})


class CustomFields:
    """Of one request, each worked out when somebody asks for it."""

    def __init__(self, request: Request, offer: Offer) -> None:
        self._offer = offer
        self._dimensions = {f.name: f for f in request.dynamic_fields if isinstance(f, CustomDimension)}
        self._measures = {f.name: f for f in request.dynamic_fields if isinstance(f, CustomMeasure)}
        self.calculated = {f.name for f in request.dynamic_fields if isinstance(f, TableCalculation)}
        """Columns worked out from the rows of the answer."""
        self.expressions: dict[str, str] = {}
        """Of those that were asked for: a custom dimension, the rows of a custom measure."""
        self._known: dict[str, FieldUse] = {}
        self._within: list[str] = []

    def use(self, name: str) -> FieldUse:
        """A custom field by its name alone, any other as `view.field`. Raises QueryError."""
        if name not in self._dimensions and name not in self._measures:
            return self._offer.use(name)
        if name not in self._known:
            self._known[name] = self._made(name)
        return self._known[name]

    def __contains__(self, name: str) -> bool:
        return name in self._dimensions or name in self._measures

    def checked(self, text: str, what: str, wanted: str = "yesno") -> Expression:
        """A condition of the request in the language of table calculations."""
        tree, kind = self._typed(text, what)
        if kind not in (wanted, "any"):
            raise QueryError(f"{what} is a {kind}; it must be a {wanted}: {text}")
        return tree

    def _made(self, name: str) -> FieldUse:
        if not _NAME.fullmatch(name):
            raise QueryError(f"custom field {name!r} has no valid name; valid are letters, digits and _")
        if name in self._within:
            raise QueryError(f"custom fields refer to each other: {' → '.join((*self._within, name))}")
        self._within.append(name)
        try:
            if name in self._dimensions:
                return self._dimension(self._dimensions[name])
            return self._measure(self._measures[name])
        finally:
            self._within.pop()

    def _dimension(self, asked: CustomDimension) -> FieldUse:
        what = f"custom dimension {asked.name}"
        tree, kind = self._typed(asked.expression, what)
        read = [self.use(node.name) for node in walk(tree) if isinstance(node, Field)]
        for use in read:
            if isinstance(use.field, Measure):
                raise QueryError(f"{what} reads the measure {use.name}; it can read dimensions only")
        self.expressions[asked.name] = asked.expression
        dated = kind == "date"
        by_day = isinstance(tree, Call) and tree.function in _DAYS
        field = Dimension(
            name=asked.name,
            type=(DimensionType.DATE if by_day else DimensionType.DATE_TIME) if dated else _TYPES[kind],
            sql="",
            label=asked.label or label_of(asked.name),
            origin=self._offer.explore.origin,
            description=asked.description,
            value_format=asked.value_format,
            value_format_name=asked.value_format_name,
            datatype=(Datatype.DATE if by_day else Datatype.DATETIME) if dated else None,
            convert_tz=False,
        )
        return FieldUse(read[0].alias if read else self._offer.explore.alias, field, custom=True)

    def _measure(self, asked: CustomMeasure) -> FieldUse:
        base = self.use(asked.based_on)
        origin = self._offer.explore.origin
        filters = tuple(FieldFilter(name, text, origin) for name, text in asked.filters.items())
        for each in filters:
            if isinstance(self._offer.use(each.field).field, Measure):
                raise QueryError(
                    f"custom measure {asked.name}: {each.field} is a measure; filters take dimensions"
                )
        if asked.filter_expression and asked.filter_expression.strip():
            self.checked(asked.filter_expression, f"filter_expression of custom measure {asked.name}")
            self.expressions[asked.name] = asked.filter_expression
        field = self._aggregating(asked, base) if isinstance(base.field, Dimension) else base.field
        shown = {
            "name": asked.name,
            "label": asked.label or label_of(asked.name),
            "description": asked.description,
            "value_format": asked.value_format or field.value_format,
            "value_format_name": asked.value_format_name or field.value_format_name,
        }
        return FieldUse(
            base.alias,
            msgspec.structs.replace(field, filters=(*field.filters, *filters), **shown),
            custom=True,
        )

    def _aggregating(self, asked: CustomMeasure, base: FieldUse) -> Measure:
        kinds = [kind.value for kind in MeasureType]
        if asked.type not in kinds:
            named = f"type {asked.type!r}{did_you_mean(asked.type, kinds)}" if asked.type else "no type"
            what = f"custom measure {asked.name} of dimension {base.name}"
            raise QueryError(f"{what} has {named}; valid are {', '.join(kinds)}")
        kind = MeasureType(asked.type)
        reference = f"{CUSTOM}.{base.field.name}" if base.custom else base.name
        return Measure(
            name=asked.name,
            type=kind,
            label=asked.name,
            origin=self._offer.explore.origin,
            sql=f"${{{reference}}}",
            list_field=reference if kind is MeasureType.LIST else None,
        )

    def _typed(self, text: str, what: str) -> tuple[Expression, Kind]:
        try:
            tree = parse(text)
            kinds = {node.name: self._kind(node.name) for node in walk(tree) if isinstance(node, Field)}
            return tree, check(tree, kinds, source=text, place="custom_field").kind
        except QueryError as e:
            raise QueryError(f"{what}: {e}") from e

    def _kind(self, name: str) -> Kind:
        field = self.use(name).field
        if isinstance(field, Dimension) and field.timeframe in _STARTS:
            return "date"
        return _KINDS[output_type(field)]
