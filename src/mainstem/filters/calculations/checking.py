"""Whether an expression makes sense: every field and function exists, and is given what it takes.

The check knows types and names, no data. Its first finding is an ExpressionError that names the place, what
came, what is valid, and which names are near; an expression that passes is never refused for its types again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NoReturn, TypeAlias

from mainstem.errors import ExpressionError
from mainstem.filters.calculations.expression import (
    Arithmetic,
    Call,
    Case,
    Comparison,
    Expression,
    Field,
    FilterText,
    Logic,
    Negative,
    Not,
    Null,
    Number,
    Text,
    YesNo,
)
from mainstem.filters.calculations.functions import FUNCTIONS
from mainstem.filters.calculations.functions.record import Aggregate, Function, Parameter, Whole
from mainstem.filters.calculations.kinds import ANY, NUMBER, STRING, YESNO, Kind, ValueType, common
from mainstem.filters.calculations.problems import near

if TYPE_CHECKING:
    from collections.abc import Mapping

Place: TypeAlias = Literal["table_calculation", "custom_field"]
"""Where an expression stands: evaluated on a result, or (custom fields and filters) by the database."""

Types: TypeAlias = dict[int, ValueType]
"""The type of each node, by the node's `id`."""


def check(
    expression: Expression,
    fields: Mapping[str, Kind | ValueType],
    *,
    source: str = "",
    place: Place = "table_calculation",
) -> ValueType:
    """The type of an expression over fields of known types. `source` is its text, for messages to show."""
    return types_of(expression, fields, source=source, place=place)[id(expression)]


def types_of(
    expression: Expression,
    fields: Mapping[str, Kind | ValueType],
    *,
    source: str = "",
    place: Place = "table_calculation",
) -> Types:
    """The types of all nodes."""
    checking = _Check(fields, source, place)
    checking.typed(expression)
    return checking.types


class _Check:
    def __init__(self, fields: Mapping[str, Kind | ValueType], source: str, place: Place) -> None:
        self._fields = fields
        self._source = source
        self._place = place
        self.types: Types = {}

    def typed(self, node: Expression) -> ValueType:
        """Each node once: asked twice at every level, a high tree would take for ever."""
        found = self.types.get(id(node))
        if found is None:
            found = self.types[id(node)] = self._type_of(node)
        return found

    def _type_of(self, node: Expression) -> ValueType:  # noqa: RET503 # _fail never returns
        match node:
            case Number():
                return NUMBER
            case Text():
                return STRING
            case YesNo():
                return YESNO
            case Null():
                return ANY
            case FilterText():
                self._fail(
                    node,
                    "a filter expression between backticks came where a value was expected",
                    "only matches_filter(field, `filter expression`) takes one",
                )
            case Field():
                return self._field(node)
            case Negative(operand):
                self._expect(operand, NUMBER, "a sign")
                return NUMBER
            case Not(operand):
                self._expect(operand, YESNO, "NOT")
                return YESNO
            case Arithmetic(operator, left, right):
                return self._arithmetic(operator, left, right)
            case Comparison():
                return self._comparison(node)
            case Logic(operator, left, right):
                self._expect(left, YESNO, operator)
                self._expect(right, YESNO, operator)
                return YESNO
            case Case():
                return self._case(node)
            case Call():
                return self._call(node)

    def _fail(self, node: Expression, problem: str, hint: str = "") -> NoReturn:
        raise ExpressionError(self._source, node.at, problem, hint)

    def _expect(self, node: Expression, wanted: ValueType, by: str, hint: str = "") -> None:
        came = self.typed(node)
        if not wanted.accepts(came):
            advice = hint or _converting(came, wanted)
            self._fail(node, f"{by} takes a {wanted}; a {came} came", advice)

    def _field(self, node: Field) -> ValueType:
        found = self._fields.get(node.name)
        if found is None:
            self._fail(
                node,
                f"${{{node.name}}} is no field of the query and no calculation",
                near(node.name, self._fields, _some(self._fields)),
            )
        if node.part != "value" and self._place == "custom_field":
            self._fail(node, f"${{{node.name}:{node.part}}} is known to table calculations only")
        return ValueType(found) if isinstance(found, str) else found

    def _arithmetic(self, operator: str, left: Expression, right: Expression) -> ValueType:
        for side in (left, right):
            self._expect(side, NUMBER, repr(operator), _instead(operator, self.typed(side)))
        return NUMBER

    def _comparison(self, node: Comparison) -> ValueType:
        left, right = self.typed(node.left), self.typed(node.right)
        shared = common([left, right])
        if shared is None:
            advice = _converting(left, right) or _converting(right, left)
            self._fail(node, f"a {left} is compared with a {right}", advice)
        if shared.listed:
            self._fail(
                node, f"{node.operator!r} compares single values; lists came", "index(list, n) picks one"
            )
        if node.operator not in ("=", "!=") and shared.kind == "yesno":
            self._fail(
                node,
                f"{node.operator!r} orders numbers, strings and dates; a yesno came",
                "valid are = and !=",
            )
        return YESNO

    def _case(self, node: Case) -> ValueType:
        for branch in node.branches:
            self._expect(branch.condition, YESNO, "a condition")
        values = [*(branch.value for branch in node.branches), node.default]
        return self._common(node, values, "the values of if() and case() must be of one type")

    def _common(self, node: Expression, values: list[Expression], rule: str) -> ValueType:
        types = [self.typed(value) for value in values]
        shared = common(types)
        if shared is None:
            came = ", ".join(dict.fromkeys(str(one) for one in types if one != ANY))
            self._fail(node, f"{rule}; {came} came", "to_string(…) makes strings of all")
        return shared

    def _call(self, node: Call) -> ValueType:
        function = FUNCTIONS.get(node.function)
        if function is None:
            self._fail(node, f"there is no function {node.function}()", near(node.function, FUNCTIONS))
        self._placed(node, function)
        parameters = self._parameters(node, function)
        types = [
            self._argument(one, parameter, function)
            for one, parameter in zip(node.arguments, parameters, strict=True)
        ]
        columns = {
            one.listed for one, parameter in zip(types, parameters, strict=True) if parameter.role == "column"
        }
        if isinstance(function.manner, Aggregate) and len(columns) > 1:
            self._fail(
                node, f"{function.name}() was given a list and a column", "valid are two lists or two columns"
            )
        return self._result(node, function, types)

    def _placed(self, node: Call, function: Function) -> None:
        if self._place == "custom_field" and not function.everywhere:
            self._fail(
                node,
                f"{function.name}() is known to table calculations only",
                "custom fields and filters are evaluated by the database, row by row",
            )
        if self._place == "table_calculation" and function.family == "filter":
            self._fail(node, f"{function.name}() is known to custom fields and custom filters only")

    def _parameters(self, node: Call, function: Function) -> list[Parameter]:
        """A parameter for every argument."""
        known, count = list(function.parameters), len(node.arguments)
        least = sum(not one.optional for one in known)
        if known and known[-1].repeated:
            known += [known[-1]] * (count - len(known))
        if not least <= count <= len(known):
            self._fail(
                node,
                f"{function.name}() was given {count} argument{'' if count == 1 else 's'}",
                f"it is written {function.signature}",
            )
        return known[:count]

    def _argument(self, node: Expression, parameter: Parameter, function: Function) -> ValueType:
        if isinstance(node, FilterText) and function.family == "filter":
            self.types[id(node)] = STRING
            return STRING
        came = self.typed(node)
        single = ValueType(came.kind)
        lists = parameter.listed or (parameter.role == "column" and not function.makes_list)
        if isinstance(function.manner, Whole):
            lists = False
        if not ValueType(parameter.kind).accepts(single) or (came.listed and not lists):
            wanted = ValueType(parameter.kind)
            self._fail(
                node,
                f"{function.name}() takes a {wanted} as {parameter.name}; a {came} came",
                _converting(came, wanted),
            )
        return came

    def _result(self, node: Call, function: Function, types: list[ValueType]) -> ValueType:
        match function.result:
            case ValueType() as fixed:
                return fixed
            case "common":
                found = self._common(
                    node, list(node.arguments), f"the values of {function.name}() must be of one type"
                )
            case "first":
                found = types[0]
            case "last":
                found = types[-1]
        if function.makes_list:
            return ValueType(found.kind, listed=True)
        return ValueType(found.kind) if function.opens_list else found


def _converting(came: ValueType, wanted: ValueType) -> str:
    """What turns the one type into the other."""
    if came.listed and not wanted.listed:
        return "index(list, n) picks a value, sum(list) adds them"
    match came.kind, wanted.kind:
        case _, "string":
            return "to_string(…) makes a string of it"
        case "string", "number":
            return "to_number(…) makes a number of it"
        case "string", "date":
            return "to_date(…) makes a date of it"
        case "yesno", "number":
            return "if(…, 1, 0) makes a number of it"
        case "number", "yesno":
            return "compare it: … > 0"
        case _:
            return ""


def _instead(operator: str, came: ValueType) -> str:
    if came.listed:
        return ""
    if came.kind == "date":
        return "diff_days(start, end) tells two dates apart, add_days(number, date) moves one"
    return "concat(…) joins strings" if came.kind == "string" and operator == "+" else ""


def _some(fields: Mapping[str, object]) -> str:
    names = sorted(fields)
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return f"there are {', '.join(names[:5])}{more}" if names else "the query has no fields"
