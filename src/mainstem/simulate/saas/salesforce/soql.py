"""A part of SOQL: SELECT of fields, paths to parents, COUNT() and FIELDS(), WHERE, ORDER BY, LIMIT, OFFSET.

A query is parsed to a value and then run over rows; what the language has beyond this is refused with
Salesforce's own words for a malformed query. It changes nothing.
"""

from __future__ import annotations

import operator
import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mainstem.simulate.saas.salesforce.schema import Object

Row: TypeAlias = "dict[str, Any]"
_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:\\.|[^'\\])*')"
    r"|(?P<moment>\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d))?)"
    r"|(?P<number>-?\d+(?:\.\d+)?)"
    r"|(?P<name>[A-Za-z_][\w.]*(?::\d+)?)"
    r"|(?P<sign><=|>=|!=|<>|[=<>(),]))"
)
_SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}


class SoqlError(Exception):
    """`code` is MALFORMED_QUERY, INVALID_FIELD or INVALID_TYPE."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Query:
    fields: tuple[str, ...]
    """Paths; empty where only rows are counted."""
    object: str
    condition: Callable[[Callable[[str], Any]], bool]
    """Given what looks a path up in a row, whether the row is wanted."""
    paths: tuple[str, ...]
    """That the condition and the order look up."""
    order: tuple[tuple[str, bool, bool], ...] = ()
    """Path, whether it falls, whether nulls come last."""
    limit: int | None = None
    offset: int = 0


@dataclass
class _Words:
    words: list[tuple[str, str]]
    at: int = 0
    paths: list[str] = field(default_factory=list)

    def peek(self) -> str:
        return self.words[self.at][1].upper() if self.at < len(self.words) else ""

    def take(self, *wanted: str) -> bool:
        """Past these words, if they come next."""
        ahead = [word.upper() for _, word in self.words[self.at : self.at + len(wanted)]]
        if ahead == list(wanted):
            self.at += len(wanted)
            return True
        return False

    def expect(self, wanted: str) -> None:
        if not self.take(wanted):
            raise SoqlError("MALFORMED_QUERY", f"unexpected token: '{self._shown()}', expecting {wanted}")

    def next(self, kind: str = "") -> tuple[str, str]:
        if self.at >= len(self.words) or (kind and self.words[self.at][0] != kind):
            raise SoqlError("MALFORMED_QUERY", f"unexpected token: '{self._shown()}'")
        self.at += 1
        return self.words[self.at - 1]

    def _shown(self) -> str:
        return self.words[self.at][1] if self.at < len(self.words) else "<EOF>"


def parse(text: str, now: datetime) -> Query:
    """`now` is what TODAY is reckoned from. Raises SoqlError."""
    words = _Words(_tokens(text))
    words.expect("SELECT")
    fields = _selected(words)
    words.expect("FROM")
    name = words.next("name")[1]
    condition = _any(words, now) if words.take("WHERE") else lambda look: True
    order = _order(words) if words.take("ORDER", "BY") else []
    limit = int(words.next("number")[1]) if words.take("LIMIT") else None
    offset = int(words.next("number")[1]) if words.take("OFFSET") else 0
    if words.peek():
        raise SoqlError("MALFORMED_QUERY", f"unexpected token: '{words.next()[1]}'")
    paths = (*words.paths, *(path for path, _, _ in order))
    return Query(tuple(fields), name, condition, paths, tuple(order), limit, offset)


def run(
    query: Query, found: Object, rows: Sequence[Row], look: Callable[[Row, str], Any]
) -> tuple[tuple[str, ...], list[Row]]:
    """The fields that are shown, and the rows in their order. `look` finds a path's value from a row, and
    raises SoqlError for a path there is not."""
    shown = _shown_fields(query, found)
    for path in (*shown, *query.paths):
        look({}, path)
    wanted = [row for row in rows if query.condition(lambda path, row=row: look(row, path))]  # type: ignore[misc] # binds the row
    for path, falls, nulls_last in reversed(query.order):
        wanted.sort(key=lambda row, path=path: _place(look(row, path)), reverse=falls)  # type: ignore[misc] # binds the path
        wanted.sort(key=lambda row, path=path, last=nulls_last: (look(row, path) is None) == last)  # type: ignore[misc] # as above
    end = None if query.limit is None else query.offset + query.limit
    return shown, wanted[query.offset : end]


def _shown_fields(query: Query, found: Object) -> tuple[str, ...]:
    if query.fields in (("FIELDS(ALL)",), ("FIELDS(STANDARD)",), ("FIELDS(CUSTOM)",)):
        kind = query.fields[0][7:-1]
        return tuple(
            name
            for name in found.fields
            if kind == "ALL" or name.endswith("__c") == (kind == "CUSTOM") or name == "Id"
        )
    return query.fields


def _tokens(text: str) -> list[tuple[str, str]]:
    found, at, text = [], 0, text.strip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise SoqlError("MALFORMED_QUERY", f"line 1:{at} no viable alternative at character '{text[at]}'")
        found.append((str(match.lastgroup), match.group(str(match.lastgroup))))
        at = match.end()
    return found


def _selected(words: _Words) -> list[str]:
    found: list[str] = []
    while True:
        name = words.next("name")[1]
        if words.take("("):
            if name.upper() == "COUNT" and not found and words.take(")"):
                return []
            if name.upper() != "FIELDS":
                raise SoqlError("MALFORMED_QUERY", f"function {name} is not known to this org")
            name = f"FIELDS({words.next('name')[1].upper()})"
            words.expect(")")
        found.append(name)
        if not words.take(","):
            return found


def _order(words: _Words) -> list[tuple[str, bool, bool]]:
    found = []
    while True:
        path, falls, last = words.next("name")[1], False, False
        if words.take("DESC"):
            falls = True
        else:
            words.take("ASC")
        if words.take("NULLS"):
            last = words.next("name")[1].upper() == "LAST"
        found.append((path, falls, last))
        if not words.take(","):
            return found


Condition: TypeAlias = "Callable[[Callable[[str], Any]], bool]"


def _any(words: _Words, now: datetime) -> Condition:
    parts = [_all(words, now)]
    while words.take("OR"):
        parts.append(_all(words, now))
    return parts[0] if len(parts) == 1 else lambda look: any(part(look) for part in parts)


def _all(words: _Words, now: datetime) -> Condition:
    parts = [_one(words, now)]
    while words.take("AND"):
        parts.append(_one(words, now))
    return parts[0] if len(parts) == 1 else lambda look: all(part(look) for part in parts)


def _one(words: _Words, now: datetime) -> Condition:
    if words.take("NOT"):
        inner = _one(words, now)
        return lambda look: not inner(look)
    if words.take("("):
        inner = _any(words, now)
        words.expect(")")
        return inner
    path = words.next("name")[1]
    words.paths.append(path)
    if words.take("NOT", "IN"):
        values = _list(words, now)
        return lambda look: _same(look(path)) not in values
    if words.take("IN"):
        values = _list(words, now)
        return lambda look: _same(look(path)) in values
    if words.take("LIKE"):
        pattern = _like(_value(words, now))
        return lambda look: pattern.fullmatch(str(look(path) or "")) is not None
    sign = words.next("sign")[1]
    value = _value(words, now)
    if sign == "=":
        return lambda look: _equal(look(path), value)
    if sign in ("!=", "<>"):
        return lambda look: not _equal(look(path), value)
    if sign not in _SIGNS:
        raise SoqlError("MALFORMED_QUERY", f"unexpected token: '{sign}'")
    return lambda look: _compared(sign, look(path), value)


def _list(words: _Words, now: datetime) -> set[Any]:
    words.expect("(")
    found = {_same(_value(words, now))}
    while words.take(","):
        found.add(_same(_value(words, now)))
    words.expect(")")
    return found


def _value(words: _Words, now: datetime) -> Any:
    kind, word = words.next()
    if kind == "text":
        return re.sub(r"\\(.)", lambda m: _ESCAPES.get(m[1], m[1]), word[1:-1])
    if kind == "moment":
        return datetime.fromisoformat(word).astimezone(UTC) if "T" in word else date.fromisoformat(word)
    if kind == "number":
        return float(word)
    name = word.upper()
    if name in ("TRUE", "FALSE", "NULL"):
        return {"TRUE": True, "FALSE": False, "NULL": None}[name]
    days = {"TODAY": 0, "YESTERDAY": 1}
    if name.startswith("LAST_N_DAYS:"):
        days[name] = int(name.partition(":")[2])
    if name in days:
        return now.date() - timedelta(days=days[name])
    raise SoqlError("MALFORMED_QUERY", f"unexpected token: '{word}'")


def _same(value: Any) -> Any:
    """Texts are compared without their case, as Salesforce does; 1 is 1.0 and true is not."""
    if isinstance(value, str):
        return value.lower()
    return ("truth", value) if isinstance(value, bool) else value


def _equal(held: Any, value: Any) -> bool:
    if isinstance(value, date) and not isinstance(value, datetime):
        held = _day(held)
    return bool(_same(held) == _same(value))


def _compared(sign: str, held: Any, value: Any) -> bool:
    if held is None or value is None:
        return False
    if isinstance(held, datetime) != isinstance(value, datetime) and isinstance(value, date):
        held, value = _day(held), _day(value)
    if type(held) is not type(value) and not (isinstance(held, int | float) and isinstance(value, float)):
        raise SoqlError("INVALID_FIELD", f"{value!r} is no value that this field can be compared with")
    return _SIGNS[sign](held, value)


def _day(value: Any) -> Any:
    return value.date() if isinstance(value, datetime) else value


def _like(value: Any) -> re.Pattern[str]:
    parts = re.split(r"([%_])", str(value))
    return re.compile(
        "".join({"%": ".*", "_": "."}.get(part, re.escape(part)) for part in parts), re.I | re.S
    )


def _place(value: Any) -> Any:
    return (value is not None, value if not isinstance(value, str) else value.lower())
