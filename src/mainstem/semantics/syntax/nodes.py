"""What LookML text is made of: pairs, lists and blocks, each with its place. None has a meaning yet.

Nodes are plain frozen values without cycles (so the garbage collector need not walk them) that serialise
as arrays: reading a cached project is little more than decoding them.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from mainstem.semantics.model import Origin


class Pair(msgspec.Struct, frozen=True, gc=False, array_like=True, tag="p"):
    """`key: value`, the value without quotes or `;;`. In a list of plain values the key is empty."""

    key: str
    value: str
    origin: Origin


class ListNode(msgspec.Struct, frozen=True, gc=False, array_like=True, tag="l"):
    """`key: [a, b]` or `key: [a: "x", b: "y"]`."""

    key: str
    items: tuple[Pair, ...]
    origin: Origin


class Block(msgspec.Struct, frozen=True, gc=False, array_like=True, tag="b"):
    """`key: name { … }`; the name is empty where none is written."""

    key: str
    name: str
    nodes: tuple[Node, ...]
    origin: Origin


Node: TypeAlias = Pair | ListNode | Block
