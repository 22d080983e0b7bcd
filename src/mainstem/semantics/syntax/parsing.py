"""LookML text → nodes, in one pass, with a pattern for everything that can stand next.

As lenient as Looker: comments and commas anywhere between items, spaces before a colon, `;;` where nothing
needs one, a parameter given twice (the last one counts). Where a mark is missing or stray `explaining` finds
it, and what was read before it is kept; nothing behind it is guessed at, but that a block which can only
begin outside of another ends that.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from mainstem.semantics.model import Origin
from mainstem.semantics.syntax.explaining import cannot_stand_in, fault, left_open, old_lookml, swallowed
from mainstem.semantics.syntax.nodes import Block, ListNode, Node, Pair
from mainstem.semantics.syntax.words import EXPRESSIONS, REPEATED

if TYPE_CHECKING:
    from mainstem.semantics.problems import Problems

_GAP = r"(?>[\s,]+|\#[^\n]*|;;)*+"
_BLANK = r"(?>\s+|\#[^\n]*)*+"
_WORD = (
    r"-(?:[^\S\n]+[^\s:{},\];]+|[^\s:{},\];]*)"
    r"|(?=[^\s:{}\[\],;\"\#-])[^\s:{},\];@]*+(?>@(?:\{[^}\s]*\})?[^\s:{},\];@]*+)*+"
)
"""A plain value or name; it may hold `@{constants}`, and a hyphen may stand apart from what it excludes."""
_QUOTED = r'"((?>[^"\\]+|\\.)*+)"'

_ITEM = re.compile(
    rf"{_GAP}(?:"
    rf"([^\s:{{}}\[\],;\"\#]++)\s*+:()(?>:|\s+|\#[^\n]*)*+"
    rf"(?:(?:{_QUOTED}|({_WORD}))({_BLANK}\{{)?|([\[{{])|(;;)|)"
    r"|(\}))",
    re.DOTALL,
)
"""One parameter or the end of a block: key, the place after its colon, quoted, word, the `{` after either,
or a bracket at once, or an empty value; `}`."""
_ENTRY = re.compile(
    rf"{_GAP}(?:{_QUOTED}|({_WORD})(?:{_BLANK}:{_BLANK}(?:{_QUOTED}|({_WORD})))?|(\]))", re.DOTALL
)
"""One entry of a list, or its end: quoted, word, and after its colon quoted or word, `]`."""
_DEEPEST = 50
"""Levels of blocks; Looker's own LookML has six."""
_REST = re.compile(rf"{_GAP}\Z")


_Opened: TypeAlias = "list[tuple[str, str, Origin, list[Node]]]"
"""Of each open block its key, name and place, and the nodes around it."""


class _Stopped(Exception):
    """Nothing that LookML has can be read from here on."""


def parse(text: str, file: str, problems: Problems) -> tuple[Node, ...]:
    """The top level of one file. After a mistake in it, which goes to `problems`, what stands before it."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    line = old_lookml(text)
    if line:
        problems.error(
            Origin(file, line),
            "this is LookML as it was written before 2016, in YAML; write `view: name { … }`",
        )
        return ()
    reader = _Reader(text, file, problems)
    try:
        reader.read()
    except _Stopped:
        found = fault(text, reader.at)
        problems.error(Origin(file, found.line), found.message)
    return tuple(reader.top)


class _Reader:
    """Goes through one text; `at` is where it stands, `top` what is whole so far."""

    def __init__(self, text: str, file: str, problems: Problems) -> None:
        self._text = text
        self._file = file
        self._problems = problems
        self._line = 1
        self._counted = 0
        self.at = 0
        self.top: list[Node] = []

    def read(self) -> None:
        """Raises _Stopped where it cannot go on."""
        opened: _Opened = []
        nodes = self.top
        while found := _ITEM.match(self._text, self.at):
            key, _, quoted, word, named, bracket, empty, closes = found.groups()
            if closes:
                if not opened:
                    break
                key, name, origin, outer = opened.pop()
                outer.append(Block(key, name, self._once(nodes), origin))
                nodes = outer
            elif key in EXPRESSIONS:
                nodes.append(self._expression(key, found.start(1), found.start(2)))
                continue
            elif len(opened) == _DEEPEST and (named or bracket == "{"):
                self._problems.error(
                    self._origin(found.start(1)), f"blocks are nested more than {_DEEPEST} deep"
                )
                _close(opened)
                return
            elif named or bracket == "{":
                nodes = self._closed(opened, nodes, key, f"{key} {word or quoted}", found.start(1))
                opened.append((key, word or quoted or "", self._origin(found.start(1)), nodes))
                nodes = []
            elif bracket:
                origin = self._origin(found.start(1))
                self.at = found.end()
                nodes.append(ListNode(key, self._entries(opened), origin))
                continue
            elif quoted is not None or word or empty:
                nodes.append(Pair(key, _plain(quoted, word), self._origin(found.start(1))))
            else:
                break
            self.at = found.end()
        if opened or not _REST.match(self._text, self.at):
            _close(opened)
            raise _Stopped

    def _closed(self, opened: _Opened, nodes: list[Node], key: str, block: str, start: int) -> list[Node]:
        """The nodes among which a block of that kind can stand: what lacks its `}` before it is closed, so
        that a lost mark takes nothing with it."""
        while opened and cannot_stand_in(key, opened[-1][0]):
            kind, name, origin, outer = opened.pop()
            message = left_open(block, f"{kind} {name}", origin.line)
            self._problems.error(self._origin(start), message)
            outer.append(Block(kind, name, self._once(nodes), origin))
            nodes = outer
        return nodes

    def _expression(self, key: str, start: int, value: int) -> Pair:
        origin = self._origin(start)
        end = self._text.find(";;", value)
        if end < 0:
            end = len(self._text)
        self.at = end + 2
        if end == len(self._text) or swallowed(self._text, value, end):
            self._problems.error(origin, f"the {key} that starts here has no ;; at its end")
            line_end = self._text.find("\n", value)
            end = self.at = line_end if line_end >= 0 else len(self._text)
        return Pair(key, self._text[value:end].lstrip(":").strip(), origin)

    def _entries(self, opened: _Opened) -> tuple[Pair, ...]:
        entries: list[Pair] = []
        while True:
            found = _ENTRY.match(self._text, self.at)
            if found is None:
                _close(opened)
                raise _Stopped
            quoted, word, value_quoted, value_word, closes = found.groups()
            self.at = found.end()
            if closes:
                return tuple(entries)
            if value_quoted is None and value_word is None:
                entries.append(Pair("", _plain(quoted, word), self._origin(found.start(2 if word else 1))))
            else:
                entries.append(Pair(word, _plain(value_quoted, value_word), self._origin(found.start(2))))

    def _once(self, nodes: list[Node]) -> tuple[Node, ...]:
        """Of a parameter given twice only the last, with a warning."""
        if len({node.key for node in nodes}) == len(nodes):
            return tuple(nodes)
        last: dict[str, Node] = {}
        for node in nodes:
            earlier = last.get(node.key)
            if earlier and node.key not in REPEATED and not (isinstance(node, Block) and node.name):
                self._problems.warning(
                    node.origin,
                    f"{node.key} is given twice, first in line {earlier.origin.line}; this one counts",
                )
            last[node.key] = node
        return tuple(
            node
            for node in nodes
            if node.key in REPEATED or (isinstance(node, Block) and node.name) or last[node.key] is node
        )

    def _origin(self, position: int) -> Origin:
        self._line += self._text.count("\n", self._counted, position)
        self._counted = position
        return Origin(self._file, self._line)


def _close(opened: _Opened) -> None:
    """Ends every open block but the innermost, which is not whole, with the whole nodes it has."""
    for (key, name, origin, outer), (*_, nodes) in zip(opened[-2::-1], opened[:0:-1], strict=True):
        outer.append(Block(key, name, tuple(nodes), origin))


def _plain(quoted: str | None, word: str | None) -> str:
    if quoted is not None:
        return quoted.replace('\\"', '"') if "\\" in quoted else quoted
    if word is None:
        return ""
    return "-" + word[1:].lstrip() if word.startswith("-") else word
