"""LookML text → nodes: everything that is known of a text before its words have a meaning.

A text becomes nodes, or an error that says which mark is missing where; nothing here touches a disk.
"""

from __future__ import annotations

from mainstem.semantics.syntax.documents import Document, read_document
from mainstem.semantics.syntax.nodes import Block, ListNode, Node, Pair
from mainstem.semantics.syntax.parsing import parse

__all__ = ["Block", "Document", "ListNode", "Node", "Pair", "parse", "read_document"]
