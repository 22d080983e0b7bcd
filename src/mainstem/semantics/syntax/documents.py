"""One file's text, read: its nodes and what was wrong with the text, whatever project it is part of."""

from __future__ import annotations

import msgspec

from mainstem.semantics.problems import Problems
from mainstem.semantics.syntax.nodes import Node
from mainstem.semantics.syntax.parsing import parse


class Note(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A problem of one file."""

    line: int
    message: str


class Document(msgspec.Struct, frozen=True, array_like=True):
    nodes: tuple[Node, ...] = ()
    has_constants: bool = False
    """Whether `@{` stands in it anywhere."""
    errors: tuple[Note, ...] = ()
    warnings: tuple[Note, ...] = ()


def read_document(content: bytes, file: str) -> Document:
    """Bytes that are no UTF-8 become replacement characters, with a warning."""
    problems = Problems()
    text = content.decode("utf-8", "replace")
    nodes = parse(text, file, problems)
    warnings = tuple(Note(problem.where.line or 1, problem.message) for problem in problems.warnings)
    if "\ufffd" in text and not _is_utf8(content):
        line = text.count("\n", 0, text.index("\ufffd")) + 1
        warnings = (Note(line, "this is not UTF-8; characters that cannot be read are replaced"), *warnings)
    return Document(
        nodes=nodes,
        has_constants="@{" in text,
        errors=tuple(Note(problem.where.line or 1, problem.message) for problem in problems.errors),
        warnings=warnings,
    )


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
