"""The words of a Looker expression: numbers, quoted texts, references, names, signs.

White space and comments (`#` to the end of the line) separate and are dropped. A text may stand between `"`
or `'`, where a backslash takes the next character literally (`\\n` and `\\t` are a new line and a tab); a
filter expression stands between backticks. What is none of these is an ExpressionError at its character.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple, TypeAlias

from mainstem.errors import ExpressionError
from mainstem.filters.calculations.problems import INSTEAD_OF_SIGN

Kind: TypeAlias = Literal["number", "text", "filter", "field", "name", "sign", "end"]


class Token(NamedTuple):
    kind: Kind
    text: str
    at: int


_SKIPPED = re.compile(r"(?:\s+|#[^\n]*)+")
_WORDS = re.compile(
    r"""
    (?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)
  | (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
  | (?P<filter>`[^`]*`)
  | (?P<field>\$\{[^{}]*\})
  | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
  | (?P<sign><=|>=|!=|<>|[-+*/=<>(),])
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t"}


def tokens(expression: str) -> list[Token]:
    """All words, and one of kind `end`. Raises ExpressionError at the first character that begins none."""
    found: list[Token] = []
    at = _skip(expression, 0)
    while at < len(expression):
        match = _WORDS.match(expression, at)
        if match is None or match.lastgroup is None:
            sign = expression[at]
            raise ExpressionError(
                expression, at, f"{sign!r} does not belong here", INSTEAD_OF_SIGN.get(sign, "")
            )
        kind: Kind = match.lastgroup  # type: ignore[assignment] # the groups above are named by the kinds
        found.append(Token(kind, _content(kind, match[0]), at))
        at = _skip(expression, match.end())
    return [*found, Token("end", "", len(expression))]


def _skip(expression: str, at: int) -> int:
    skipped = _SKIPPED.match(expression, at)
    return skipped.end() if skipped else at


def _content(kind: Kind, written: str) -> str:
    if kind == "text":
        return _ESCAPE.sub(lambda escape: _ESCAPED.get(escape[1], escape[1]), written[1:-1])
    if kind == "filter":
        return written[1:-1]
    if kind == "field":
        return written[2:-1].strip()
    return "!=" if written == "<>" else written
