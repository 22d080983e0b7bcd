"""Text to tree: the grammar of Looker's expressions.

    expression  OR < AND < NOT < = != < > <= >= < + - < * / < unary minus
    primary     number, text, `filter`, ${field}, ${field:total}, yes, no, null, (expression), name(arguments)

Operators of one level bind to the left. Every text gives a tree or an ExpressionError that says where; none
gives anything else, however long or deep it is. Which functions and fields there are is not known here.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final, NoReturn, cast, get_args

from mainstem.errors import ExpressionError
from mainstem.filters.calculations.expression import (
    Arithmetic,
    ArithmeticOperator,
    Branch,
    Call,
    Case,
    Comparison,
    ComparisonOperator,
    Expression,
    Field,
    FilterText,
    Logic,
    LogicalOperator,
    Negative,
    Not,
    Null,
    Number,
    Part,
    Text,
    YesNo,
    children,
)
from mainstem.filters.calculations.lexing import Token, tokens
from mainstem.filters.calculations.problems import INSTEAD_OF_VALUE, INSTEAD_OF_WORD

DEEPEST: Final = 100
"""Levels of brackets, calls and signs in one another."""

HIGHEST: Final = 150
"""Levels of the tree: `1 + 1 + 1` has three, for each operator stands on the one before it."""

LONGEST: Final = 100_000
"""Characters of an expression."""

_LEVELS: Final = {
    "OR": 1,
    "AND": 2,
    **dict.fromkeys(get_args(ComparisonOperator), 4),
    "+": 5,
    "-": 5,
    "*": 6,
    "/": 6,
}
_NOT_LEVEL = 3
_SIGN_LEVEL = 7
_FIELD = re.compile(r"([\w-]+(?:\.[\w-]+)*)(?::(\w+))?")
_PARTS = {"total": "total", "row_total": "row_total"}


def parse(expression: str) -> Expression:
    """The tree of an expression. Raises ExpressionError, a QueryError, with the place of what is wrong."""
    if len(expression) > LONGEST:
        raise ExpressionError(
            expression,
            LONGEST,
            f"the expression has {len(expression):,} characters",
            f"{LONGEST:,} are allowed",
        )
    return _Parser(expression).whole()


class _Parser:
    def __init__(self, expression: str) -> None:
        self._expression = expression
        self._tokens = tokens(expression)
        self._next = 0
        self._depth = 0

    def whole(self) -> Expression:
        if len(self._tokens) == 1:
            self._fail("the expression is empty", "for example ${orders.revenue} / ${orders.count}")
        tree = self._operators(1)
        if self._token.kind != "end":
            self._fail(f"{self._named()} follows where the expression was complete", self._after())
        self._hold_height(tree)
        return tree

    @property
    def _token(self) -> Token:
        return self._tokens[self._next]

    def _take(self) -> Token:
        token = self._token
        self._next += 1
        return token

    def _is(self, sign: str) -> bool:
        return self._token.kind == "sign" and self._token.text == sign

    def _expect(self, sign: str, where: str) -> None:
        if not self._is(sign):
            self._fail(f"{self._named()} came where {sign!r} was expected", where)
        self._next += 1

    def _fail(self, problem: str, hint: str = "") -> NoReturn:
        raise ExpressionError(self._expression, self._token.at, problem, hint)

    def _hold_height(self, tree: Expression) -> None:
        """Refuse what a walker that calls itself could not climb."""
        waiting = [(tree, 1)]
        while waiting:
            node, height = waiting.pop()
            if height > HIGHEST:
                raise ExpressionError(
                    self._expression,
                    node.at,
                    f"the expression is more than {HIGHEST} levels high",
                    "many values are added by sum(list(…)), or in several calculations",
                )
            waiting += [(child, height + 1) for child in children(node)]

    def _operators(self, lowest: int) -> Expression:
        """An operand and every operator after it that binds at least as tightly as `lowest`."""
        self._depth += 1
        if self._depth > DEEPEST:
            self._fail(
                f"brackets and calls are more than {DEEPEST} deep", "split it into several calculations"
            )
        left = self._prefixed()
        while (level := self._level()) >= lowest:
            operator = self._take()
            right = self._operators(level + 1)
            left = self._joined(operator, level, left, right)
        self._depth -= 1
        return left

    def _level(self) -> int:
        """How tightly the operator here binds; 0 where there is none."""
        token = self._token
        return _LEVELS.get(token.text, 0) if token.kind in ("sign", "name") else 0

    def _joined(self, operator: Token, level: int, left: Expression, right: Expression) -> Expression:
        if level <= _LEVELS["AND"]:
            return Logic(cast("LogicalOperator", operator.text), left, right, at=operator.at)
        if level > _LEVELS["="]:
            return Arithmetic(cast("ArithmeticOperator", operator.text), left, right, at=operator.at)
        if isinstance(left, Comparison):
            raise ExpressionError(
                self._expression, operator.at, "comparisons do not chain", "write a < b AND b < c"
            )
        return _compared(operator, left, right)

    def _prefixed(self) -> Expression:
        token = self._token
        if token.kind == "name" and token.text == "NOT":
            self._next += 1
            return Not(self._operators(_NOT_LEVEL), at=token.at)
        if self._is("-"):
            self._next += 1
            return Negative(self._operators(_SIGN_LEVEL), at=token.at)
        if self._is("+"):
            self._next += 1
            return self._operators(_SIGN_LEVEL)
        return self._primary()

    def _primary(self) -> Expression:  # noqa: RET503 # _fail never returns
        token = self._token
        match token.kind:
            case "number":
                return self._number()
            case "text":
                self._next += 1
                return Text(token.text, at=token.at)
            case "filter":
                self._next += 1
                return FilterText(token.text, at=token.at)
            case "field":
                return self._field()
            case "name":
                return self._name()
            case _ if self._is("("):
                return self._bracketed()
            case _:
                self._fail(
                    f"{self._named()} came where a value was expected", INSTEAD_OF_VALUE.get(token.text, "")
                )

    def _number(self) -> Number:
        token = self._take()
        value = Decimal(token.text)
        if value.adjusted() > 300 or len(token.text) > 310:
            raise ExpressionError(self._expression, token.at, "the number is too large", "up to 1e300")
        return Number(value, at=token.at)

    def _field(self) -> Field:
        token = self._take()
        match = _FIELD.fullmatch(token.text)
        if match is None or (match[2] and match[2] not in _PARTS):
            raise ExpressionError(
                self._expression,
                token.at,
                f"${{{token.text}}} is no reference",
                "valid are ${view.field}, ${calculation}, ${view.field:total}, ${view.field:row_total}",
            )
        return Field(match[1], cast("Part", _PARTS.get(match[2], "value")), at=token.at)

    def _bracketed(self) -> Expression:
        self._next += 1
        inner = self._operators(1)
        self._expect(")", "a bracket is not closed")
        return inner

    def _name(self) -> Expression:
        token = self._take()
        name = token.text.lower()
        if self._is("("):
            return self._call(token, name)
        match name:
            case "yes" | "no":
                return YesNo(name == "yes", at=token.at)
            case "null":
                return Null(at=token.at)
            case "and" | "or" | "not":
                hint = (
                    f"it is written {name.upper()}, between two values"
                    if name != "not"
                    else "it is written NOT"
                )
                raise ExpressionError(
                    self._expression, token.at, f"{token.text!r} came where a value was expected", hint
                )
            case "true" | "false":
                meant = "yes" if name == "true" else "no"
                raise ExpressionError(
                    self._expression, token.at, f"{token.text!r} is no value", f"write {meant}"
                )
        raise ExpressionError(
            self._expression,
            token.at,
            f"{token.text!r} stands alone",
            f'a field is written ${{{token.text}}}, a text "{token.text}", a function {token.text}(…)',
        )

    def _call(self, token: Token, name: str) -> Expression:
        if name == "case":
            return self._case(token)
        if name == "when":
            raise ExpressionError(self._expression, token.at, "when(…) stands only in case(…)")
        arguments = self._arguments(name)
        if name == "if":
            if len(arguments) != 3:
                raise ExpressionError(
                    self._expression,
                    token.at,
                    f"if() was given {len(arguments)} arguments",
                    "it takes 3: if(condition, value_if_yes, value_if_no)",
                )
            return Case((Branch(arguments[0], arguments[1], at=token.at),), arguments[2], at=token.at)
        return Call(name, arguments, at=token.at)

    def _arguments(self, name: str) -> tuple[Expression, ...]:
        self._next += 1
        found: list[Expression] = []
        if not self._is(")"):
            found.append(self._operators(1))
            while self._is(","):
                self._next += 1
                found.append(self._operators(1))
        self._expect(")", f"the bracket of {name}( is not closed, or a comma is missing")
        return tuple(found)

    def _case(self, token: Token) -> Case:
        self._next += 1
        branches: list[Branch] = []
        default: Expression = Null(at=token.at)
        while self._token.kind == "name" and self._token.text.lower() == "when":
            branches.append(self._when())
            if not self._is(","):
                break
            self._next += 1
        else:
            default = self._operators(1)
        if not branches:
            raise ExpressionError(
                self._expression,
                token.at,
                "case() has no when(…)",
                "case(when(condition, value), …, default)",
            )
        self._expect(")", "case(when(condition, value), …, default): each when() before the one default")
        return Case(tuple(branches), default, at=token.at)

    def _when(self) -> Branch:
        token = self._take()
        if not self._is("("):
            self._fail(f"{self._named()} came after when", "when(condition, value)")
        arguments = self._arguments("when")
        if len(arguments) != 2:
            raise ExpressionError(
                self._expression,
                token.at,
                f"when() was given {len(arguments)} arguments",
                "it takes 2: when(condition, value)",
            )
        return Branch(arguments[0], arguments[1], at=token.at)

    def _named(self) -> str:
        token = self._token
        match token.kind:
            case "end":
                return "the end"
            case "field":
                return f"${{{token.text}}}"
            case "filter":
                return f"`{token.text}`"
            case _:
                return repr(token.text)

    def _after(self) -> str:
        """What may have been meant by a word that came after a whole expression."""
        token = self._token
        if token.kind == "name" and token.text.upper() in ("AND", "OR", "NOT"):
            return f"it is written {token.text.upper()}"
        if token.kind == "name" and token.text.lower() in INSTEAD_OF_WORD:
            return INSTEAD_OF_WORD[token.text.lower()]
        if token.kind == "sign":
            return "a bracket is closed that was not opened" if token.text == ")" else ""
        return "an operator or a comma is missing"


def _compared(operator: Token, left: Expression, right: Expression) -> Expression:
    """`x = null` asks whether x is null: compared as a value it would never hold."""
    if operator.text in ("=", "!="):
        for asked, other in ((right, left), (left, right)):
            if isinstance(asked, Null):
                test = Call("is_null", (other,), at=operator.at)
                return test if operator.text == "=" else Not(test, at=operator.at)
    return Comparison(cast("ComparisonOperator", operator.text), left, right, at=operator.at)
