"""LookML text → blocks, pairs and lists with their lines: the one module that knows `lkml`.

What comes out has no meaning yet; every node knows where it was written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import lkml
from lkml import tokens, tree
from lkml.keys import PLURAL_KEYS
from lkml.lexer import Lexer

from mainstem.semantics.model import Origin
from mainstem.semantics.punctuation import faults

if TYPE_CHECKING:
    from mainstem.semantics.problems import Problems


@dataclass(frozen=True)
class Pair:
    """`key: value`, the value without quotes or `;;`."""

    key: str
    value: str
    origin: Origin


@dataclass(frozen=True)
class ListNode:
    """`key: [a, b]` or `key: [a: "x", b: "y"]`. An item of the first form has an empty key."""

    key: str
    items: tuple[Pair, ...]
    origin: Origin


@dataclass(frozen=True)
class Block:
    """`key: name { … }`; the name is empty where none is written."""

    key: str
    name: str
    nodes: tuple[Node, ...]
    origin: Origin


Node: TypeAlias = Pair | ListNode | Block


def parse(text: str, file: str, problems: Problems) -> tuple[Node, ...]:
    """The top level of one file; empty after a syntax error, which goes to `problems`."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    for fault in faults(text):
        problems.error(Origin(file, fault.line), fault.message)
        return ()
    try:
        document = lkml.parse(text)
    except SyntaxError as e:
        line = re.search(r"on line (\d+)", str(e))
        where = Origin(file, int(line[1]) if line else 1)
        problems.error(where, _explained(text, where.line))
        return ()
    except KeyError:
        for line_number, message in _repeated(text):
            problems.error(Origin(file, line_number), message)
        return ()
    return tuple(_node(node, file) for node in document.container.items)


def _node(node: tree.PairNode | tree.ListNode | tree.BlockNode, file: str) -> Node:
    key = node.type.value
    origin = Origin(file, node.line_number or 1)
    if isinstance(node, tree.PairNode):
        return Pair(key, _value(node.value), origin)
    if isinstance(node, tree.ListNode):
        return ListNode(key, tuple(_item(item, origin) for item in node.items), origin)
    name = node.name.value if node.name else ""
    return Block(key, name, tuple(_node(child, file) for child in node.container.items), origin)


def _item(item: tree.PairNode | tree.SyntaxToken, within: Origin) -> Pair:
    origin = Origin(within.file, item.line_number or within.line)
    if isinstance(item, tree.PairNode):
        return Pair(item.type.value, _value(item.value), origin)
    return Pair("", _value(item), origin)


def _value(token: tree.SyntaxToken) -> str:
    value: str = token.value
    return value.replace('\\"', '"') if isinstance(token, tree.QuotedSyntaxToken) else value


def _explained(text: str, line: int) -> str:
    lines = text.splitlines()
    written = lines[line - 1].strip() if line <= len(lines) else ""
    return f"not LookML near {written!r}: a parameter is written `name: value`" if written else "not LookML"


def _repeated(text: str) -> list[tuple[int, str]]:
    """Parameters given twice in one block; `lkml` refuses the file without saying where."""
    found: list[tuple[int, str]] = []
    levels: list[dict[str, int]] = [{}]
    key: tokens.Token | None = None
    for token in Lexer(text).scan():
        if isinstance(token, tokens.BlockStartToken | tokens.ListStartToken):
            levels.append({})
        elif isinstance(token, tokens.BlockEndToken | tokens.ListEndToken):
            levels.pop()
        elif isinstance(token, tokens.LiteralToken):
            key = token
        elif isinstance(token, tokens.ValueToken) and key is not None:
            first = levels[-1].setdefault(key.value, key.line_number)
            if first != key.line_number and len(levels) > 1 and key.value not in PLURAL_KEYS:
                found.append((key.line_number, f"{key.value} is given twice; first in line {first}"))
            key = None
    return found or [(1, "a parameter is given twice in one block")]
