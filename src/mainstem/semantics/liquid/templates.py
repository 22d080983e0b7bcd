"""Texts with Liquid: parsing, rendering, and the names that stand in them."""

from __future__ import annotations

import io
import re
from collections import ChainMap
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote, quote_plus

from liquid import Environment, RenderContext
from liquid.exceptions import LiquidError
from liquid.stringify import to_liquid_string

from mainstem.semantics.liquid.tags import RENDERER, TAGS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from liquid import BoundTemplate

_NAMED = re.compile(r"\{%-?\s*(?:parameter|condition|date_start|date_end)\s+([\w.]+)\s*-?%\}")
_MEMBER = re.compile(r"(?<![\w.'\"])([A-Za-z]\w*(?:\.[A-Za-z]\w*)?)\._[a-z_]+")
_CONDITION = re.compile(r"(\{%-?\s*(?:if|elsif|unless)\b)(.*?)(-?%\})", re.DOTALL)
_IGNORED = re.compile(r"\"[^\"]*\"|'[^']*'|[(){}$]")
_WORDS = re.compile(r"\"[^\"]*\"|'[^']*'|[=!<>]+|\b(?:and|or)\b|(?:\[[^\]]*\]|[^\s,|'\"=!<>\[])+|\|")
"""Of a condition. A filter's `|` is one, and so ends a comparison."""
_OPERATORS = frozenset({"==", "!=", "<>", "<", ">", "<=", ">=", "contains"})
_INDEX = re.compile(r"_filters\[\s*['\"]([\w.]+)['\"]\s*\]")


class LiquidProblem(ValueError):
    """The text is not Liquid; it says why."""


class Values(Protocol):
    """What the tags of LookML ask for while a text is rendered."""

    def names(self) -> Mapping[str, object]:
        """What stands for each name, such as `_user_attributes` or a view."""

    def parameter(self, name: str) -> str:
        """`{% parameter name %}`"""

    def condition(self, name: str, sql: str) -> str:
        """`{% condition name %} sql {% endcondition %}`; the name is empty where none is written."""

    def date_start(self, name: str) -> str: ...

    def date_end(self, name: str) -> str: ...


def has_liquid(text: str | None) -> bool:
    return text is not None and ("{%" in text or "{{" in text)


@lru_cache(maxsize=8192)
def parse(text: str) -> BoundTemplate:
    """Raises LiquidProblem."""
    try:
        return _ENVIRONMENT.from_string(text)
    except LiquidError as e:
        lenient = _lenient(text)
        if lenient == text:
            raise LiquidProblem(_explained(e)) from e
    try:
        return _ENVIRONMENT.from_string(lenient)
    except LiquidError as e:
        raise LiquidProblem(_explained(e)) from e


def _lenient(text: str) -> str:
    """Liquid as Looker takes it: brackets in a condition group nothing and say nothing, nor does what follows
    a comparison."""
    return _CONDITION.sub(lambda tag: f"{tag[1]} {_compared(tag[2])} {tag[3]}", text)


def _compared(condition: str) -> str:
    """Comparisons between `and` and `or`, without anything that is neither."""
    words = _WORDS.findall(_IGNORED.sub(_kept, condition))
    kept: list[str] = []
    part: list[str] = []
    for word in (*words, ""):
        if word not in ("and", "or", ""):
            part.append(word)
            continue
        sign = part[1] if len(part) > 1 else ""
        known = 3 if sign in _OPERATORS else 1
        kept += [*(part if sign and known == 1 and sign[0] in "=!<>" else part[:known]), word]
        part = []
    return " ".join(kept)


def _kept(match: re.Match[str]) -> str:
    """What stands in quotes stays."""
    return match[0] if match[0][0] in "\"'" else " "


def render(text: str, values: Values) -> str:
    """Raises LiquidProblem; what `values` raises goes through."""
    template = parse(text)
    names: Any = values.names()  # a ChainMap that is only read needs no more than a Mapping
    context = RenderContext(template, globals=ChainMap({RENDERER: values}, names))
    written = io.StringIO()
    try:
        template.render_with_context(context, written)
    except LiquidError as e:
        raise LiquidProblem(_explained(e)) from e
    return written.getvalue()


def names_in(text: str) -> Iterator[str]:
    """Every `field` or `view.field` that tags, `_filters[…]` and members (`field._is_filtered`) name, as
    written; a name may come more than once."""
    for pattern in (_NAMED, _INDEX, _MEMBER):
        for match in pattern.finditer(text):
            yield match[1]


def tagged_names(text: str) -> Iterator[str]:
    """Those that tags name: fields there have to be, where members may be tried."""
    yield from (match[1] for match in _NAMED.finditer(text))


def _explained(error: LiquidError) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__


def _environment() -> Environment:
    environment = Environment()
    for tag in TAGS:
        environment.add_tag(tag)
    environment.add_filter(
        "encode_uri", lambda value: quote(to_liquid_string(value, autoescape=False), safe="")
    )
    environment.add_filter("urlencode", lambda value: quote_plus(to_liquid_string(value, autoescape=False)))
    environment.add_filter("sql_quote", _sql_quote)
    environment.add_filter("sql_boolean", lambda value: "TRUE" if value else "FALSE")
    return environment


def _text(value: object) -> str:
    return to_liquid_string(value, autoescape=False)


def _sql_quote(value: object) -> str:
    return "'" + _text(value).replace("'", "''") + "'"


_ENVIRONMENT = _environment()
