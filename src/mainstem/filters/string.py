"""String filters: `FOO`, `FOO,BAR`, `%FOO%`, `FOO%`, `F_O`, `-FOO`, `EMPTY`, `NULL`, `"quoted, text"`.

`^` before a character takes that character literally; within quotes everything is literal but `\\`. Case
matters. Every text is a valid expression except one with an open quote or a user attribute in it.

Spaces around the items of a list do not belong to them unless escaped (`^ `) or quoted. Where there is one
item, its spaces do belong to it, as Looker reads it; but not beside a `%` that begins or ends it: there
only quotes keep them (`%" FOO"%`). `^ ^ ` at the end of an item is one space, as Looker writes it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from mainstem.errors import FilterError
from mainstem.filters.conditions import (
    Anything,
    Condition,
    IsEmpty,
    IsNull,
    TextIs,
    TextLike,
    included_and_excluded,
)
from mainstem.filters.like import WILD, like_literal

if TYPE_CHECKING:
    from collections.abc import Iterator

VALID = 'FOO, "FOO,BAR", FOO%, %FOO%, F_O, -FOO, EMPTY, NULL, -NULL, and lists of these with commas'
_QUOTED = re.compile(r'\s*(-?)(%?)"((?:[^"\\]|\\.)*)"(%?)\s*(?:,|$)', re.DOTALL)
_PLAIN = re.compile(r"((?:\^.|\\[,%_\-^\"\\]|[^,^\\]|\\|\^$)*)(?:,|$)", re.DOTALL)
_CHARACTER = re.compile(r"\^(.)|\\([,%_\-^\"\\])|(.)", re.DOTALL)
_USER_ATTRIBUTE = re.compile(r"\{\{\s*_user_attributes\b")


class Character(NamedTuple):
    """One of an item: as it stands for itself, or wild."""

    text: str
    wild: bool = False
    escaped: bool = False


def parse_string(expression: str) -> Condition:
    """Raises FilterError for a quote that is never closed, and a user attribute without its value."""
    if not expression.strip():
        return Anything()
    _refuse_user_attributes(expression)
    included: list[Condition] = []
    excluded: list[Condition] = []
    for negated, condition in _items(expression):
        (excluded if negated else included).append(condition)
    return included_and_excluded(merged_texts(included), merged_texts(excluded))


def merged_texts(conditions: list[Condition]) -> tuple[Condition, ...]:
    """All plain texts as one list, first; order is kept otherwise."""
    texts = tuple(value for c in conditions if isinstance(c, TextIs) for value in c.values)
    rest = tuple(c for c in conditions if not isinstance(c, TextIs))
    return ((TextIs(tuple(dict.fromkeys(texts))),) if texts else ()) + rest


def item_spans(expression: str) -> Iterator[tuple[int, int, bool]]:
    """Where the items of a list begin and end, and whether they are in quotes; commas are in none."""
    for match in _item_matches(expression):
        quoted = match.re is _QUOTED
        end = match.end(4) if quoted else match.end(1)
        yield match.start(), end, quoted


def _item_matches(expression: str) -> Iterator[re.Match[str]]:
    at = 0
    while at < len(expression):
        match = _QUOTED.match(expression, at) or _PLAIN.match(expression, at)
        assert match is not None  # noqa: S101 -- the latter matches the empty text
        yield match
        at = match.end()


def _items(expression: str) -> Iterator[tuple[bool, Condition]]:
    for match in _item_matches(expression):
        if match.re is _QUOTED:
            yield bool(match[1]), _quoted(match)
        elif match[1].strip():
            _refuse_open_quote(expression, match.start(), match[1])
            yield _plain(match[1], alone=match.span(1) == (0, len(expression)))


def _quoted(match: re.Match[str]) -> Condition:
    text = re.sub(r"\\(.)", r"\1", match[3], flags=re.DOTALL)
    if not (match[2] or match[4]):
        return TextIs((text,))
    return TextLike(match[2] + like_literal(text) + match[4])


def _plain(text: str, alone: bool) -> tuple[bool, Condition]:
    characters = _characters(text)
    bare = _stripped(characters)
    negated = len(bare) > 1 and bare[0] == Character("-")
    if negated:
        characters = characters[characters.index(bare[0]) + 1 :] if alone else bare[1:]
        bare = _stripped(characters)
    keyword = "" if any(c.escaped for c in bare) else "".join(c.text for c in bare).upper()
    if keyword in KEYWORDS:
        return negated, KEYWORDS[keyword]
    return negated, _condition(characters if alone else bare)


KEYWORDS: dict[str, Condition] = {"NULL": IsNull(), "EMPTY": IsEmpty()}


def _characters(text: str) -> list[Character]:
    found = [
        Character(m[3], wild=m[3] in WILD) if m[3] else Character(m[1] or m[2], escaped=True)
        for m in _CHARACTER.finditer(text)
    ]
    doubled = found[-2:] == [Character(" ", escaped=True)] * 2
    return found[:-1] if doubled else found


def _stripped(characters: list[Character]) -> list[Character]:
    """Without the spaces around, except escaped ones."""
    kept = [at for at, c in enumerate(characters) if c.escaped or not c.text.isspace()]
    return characters[kept[0] : kept[-1] + 1] if kept else []


def _condition(characters: list[Character]) -> Condition:
    if not any(c.wild for c in characters):
        return TextIs(("".join(c.text for c in characters),))
    return TextLike("".join(c.text if c.wild else like_literal(c.text) for c in _trimmed(characters)))


def _trimmed(characters: list[Character]) -> list[Character]:
    """Of `%FOO%`, `FOO%` and `%FOO`, without spaces around FOO."""
    percent = Character("%", wild=True)
    start, end = int(characters[0] == percent), len(characters) - int(characters[-1] == percent)
    inner = characters[start:end]
    kept = [at for at, c in enumerate(inner) if not c.text.isspace()]
    if any(c.wild for c in inner) or not kept:
        return characters
    return [*characters[:start], *inner[kept[0] : kept[-1] + 1], *characters[end:]]


def _refuse_open_quote(expression: str, start: int, item: str) -> None:
    text = item.lstrip()
    if not text.removeprefix("-").removeprefix("%").startswith('"'):
        return
    at = start + item.index('"')
    closed = len(re.findall(r'(?<!\\)"', item)) > 1
    problem = "text follows the quote that closes" if closed else "it begins with a quote that is not closed"
    raise FilterError("string", expression, at, expression[at:], problem, VALID, _escaped_quotes(expression))


def _escaped_quotes(expression: str) -> str:
    return re.sub(r'(?<![\^\\])"', '^"', expression)


def _refuse_user_attributes(expression: str) -> None:
    match = _USER_ATTRIBUTE.search(expression)
    if match:
        problem = "a user attribute has to be replaced by its value before the expression is read"
        raise FilterError("string", expression, match.start(), expression[match.start() :], problem, VALID)
