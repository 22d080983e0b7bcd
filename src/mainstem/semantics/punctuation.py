"""Finds the mark that is missing or too many in a LookML text, and says what it belonged to.

Runs before the parser, because a parser can only name the place where it gave up: for a `}` that is
missing in a view's first dimension that is the end of the file. It also keeps the parser from texts it
does not survive: `lkml` 1.3.7 loops for ever on a single `;` and drops everything after a stray `}`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lkml.keys import EXPR_BLOCK_KEYS

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN = re.compile(
    r"(?P<skip>[ \t\n]+|\#[^\n]*)"
    r"|(?P<sql>(?:" + "|".join(sorted(EXPR_BLOCK_KEYS, key=len, reverse=True)) + r"):)"
    r'|(?P<quote>")'
    r"|(?P<mark>[{}\[\]])"
    r"|(?P<end>;;)|(?P<semicolon>;)"
    r"|(?P<colon>:)|(?P<comma>,)"
    r"|(?P<word>[^\s:}{,\]\[\";#]+)"
)
_QUOTED = re.compile(r'(?:[^"\\]|\\.)*"', re.DOTALL)
_NESTS = {
    "view": frozenset({"view", "explore"}),
    "explore": frozenset({"view", "explore"}),
    "join": frozenset({"view", "explore", "join"}),
    "dimension": frozenset({"view", "explore", "dimension", "dimension_group", "measure"}),
    "dimension_group": frozenset({"view", "explore", "dimension", "dimension_group", "measure"}),
    "measure": frozenset({"view", "explore", "dimension", "dimension_group", "measure"}),
}
"""What can never stand inside a block of that kind."""


@dataclass(frozen=True)
class Fault:
    line: int
    message: str


@dataclass(frozen=True)
class _Open:
    mark: str
    line: int
    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}".strip() or "block"


def faults(text: str) -> list[Fault]:
    """What is wrong with the punctuation, first fault first; at most one, since the rest would follow."""
    return list(_scan(text))[:1]


def _scan(text: str) -> Iterator[Fault]:
    opened: list[_Open] = []
    words: list[str] = []
    at, line, counted = 0, 1, 0
    while at < len(text):
        line, counted = line + text.count("\n", counted, at), at
        found = _TOKEN.match(text, at)
        if found is None:  # pragma: no cover -- every character belongs to a token
            raise AssertionError(f"line {line}: {text[at : at + 10]!r} is no token")
        at = found.end()
        match found.lastgroup:
            case "word":
                words = [*words[-1:], found[0]]
            case "sql":
                end = text.find(";;", at)
                if end < 0 or _another_starts(text[at:end]):
                    yield Fault(line, f"the {found[0][:-1]} that starts here has no ;; at its end")
                    return
                at, words = end + 2, []
            case "quote":
                closing = _QUOTED.match(text, at)
                if closing is None:
                    yield Fault(line, 'the text that starts here has no closing "')
                    return
                at = closing.end()
            case "semicolon":
                yield Fault(line, "a single ; has no meaning in LookML; sql ends with ;;")
                return
            case "mark" if found[0] in "{[":
                block = _opening(found[0], line, words)
                words = []
                outer = opened[-1] if opened else None
                if outer and block.kind in _NESTS.get(outer.kind, ()):
                    yield Fault(
                        line,
                        f"{block} starts inside {outer} (line {outer.line}): a }} is missing before it",
                    )
                    return
                opened.append(block)
            case "mark":
                words = []
                wanted = "{" if found[0] == "}" else "["
                if not opened:
                    yield Fault(line, f"this {found[0]} closes nothing that is open")
                    return
                inner = opened.pop()
                if inner.mark != wanted:
                    yield Fault(line, f"{found[0]} closes the {inner.mark} of {inner} (line {inner.line})")
                    return
            case _:
                pass
    if opened:
        last = opened[-1]
        closing_mark = "}" if last.mark == "{" else "]"
        yield Fault(last.line, f"{last} is never closed: a {closing_mark} is missing")


def _opening(mark: str, line: int, words: list[str]) -> _Open:
    if mark == "[":
        return _Open(mark, line, words[-1] if words else "", "")
    kind, name = (["", *words] if len(words) == 1 else words)[-2:] if words else ("", "")
    return _Open(mark, line, kind, name) if kind else _Open(mark, line, name, "")


def _another_starts(sql: str) -> bool:
    """Whether a run of SQL swallowed the LookML after it: a parameter's key and a brace on one line."""
    return any(
        re.match(r"\s*(dimension|dimension_group|measure|view|explore|join)\s*:\s*\+?\w+\s*\{", line)
        for line in sql.splitlines()[1:]
    )
