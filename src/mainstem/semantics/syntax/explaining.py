"""Finds the mark that is missing or too many in a LookML text, and says what it belonged to.

Runs once the parser gave up, because a parser can only name the place where it did: for a `}` that is
missing in a view's first dimension that is the end of the file. It mends nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mainstem.semantics.syntax.words import EXPRESSIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN = re.compile(
    r"(?P<skip>[ \t\n]+|\#[^\n]*)"
    r"|(?P<sql>(?:" + "|".join(sorted(EXPRESSIONS, key=len, reverse=True)) + r")\s*:)"
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


_OLD = re.compile(
    r"\A(?>\s+|#[^\n]*)*+(-\s+(?:view|explore|connection|include|label|scoping|model|base_view)\s*:)"
    r"|^(-[ ]+(?:view|explore):)",
    re.MULTILINE,
)
_NEXT_PARAMETER = re.compile(
    r"\n[^\S\n]*(?:dimension|dimension_group|measure|view|explore|join)\s*:\s*\+?\w+\s*\{"
)


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


def fault(text: str, at: int) -> Fault:
    """The mark that is missing or too many; where all marks are in order, what stands at `at`, where the
    parser gave up."""
    for found in _scan(text):
        return found
    rest = re.compile(r"(?:[\s,]|#[^\n]*|;;)*").match(text, at)
    start = rest.end() if rest else at
    line = text.count("\n", 0, start) + 1
    written = text[text.rfind("\n", 0, start) + 1 :].split("\n", 1)[0].strip()
    if not written:
        return Fault(line, "not LookML")
    return Fault(line, f"not LookML near {written!r}: a parameter is written `name: value`")


def old_lookml(text: str) -> int | None:
    """The line where YAML begins, as LookML was written before 2016; None where there is none."""
    found = _OLD.search(text)
    return text.count("\n", 0, found.start(1)) + 1 if found else None


def cannot_stand_in(kind: str, outer: str) -> bool:
    """Whether a block of that kind, within one of the other, says that a `}` is missing."""
    return kind in _NESTS.get(outer, ())


def left_open(block: str, outer: str, line: int) -> str:
    """What to say of it: `explore a`, `view b` and the line where that began."""
    return f"{block} starts inside {outer} (line {line}): a }} is missing before it"


def swallowed(text: str, start: int, end: int) -> bool:
    """Whether an expression ran over LookML behind it for lack of its `;;`."""
    return _NEXT_PARAMETER.search(text, start, end) is not None


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
                if end < 0 or swallowed(text, at, end):
                    yield Fault(line, f"the {found[0][:-1].strip()} that starts here has no ;; at its end")
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
                if outer and cannot_stand_in(block.kind, outer.kind):
                    yield Fault(line, left_open(str(block), str(outer), outer.line))
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
