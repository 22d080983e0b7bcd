"""Texts and patterns → the string expressions that mean them."""

from __future__ import annotations

from mainstem.filters.like import TOKEN, WILD
from mainstem.filters.string import KEYWORDS, Character


def exact_text(text: str) -> str:
    """The expression for exactly that text; in quotes where anything in it would mean something else."""
    special = any(c in ',"^%_\\' for c in text) or text != text.strip() or text.startswith("-")
    if text and not special and text.upper() not in KEYWORDS:
        return text
    return _in_quotes(text)


def escaped_text(text: str) -> str:
    """That text as a part of an expression, in which none of its characters means anything."""
    return "".join(f"^{c}" if c in ',"^%_\\-' or c.isspace() else c for c in text)


def escaped_pattern(pattern: str) -> str:
    """The expression for a LIKE pattern of one character at least."""
    characters = [
        Character(m[1] or m[2], wild=m[1] is None and m[2] in WILD) for m in TOKEN.finditer(pattern)
    ]
    first, last = (c == Character("%", wild=True) for c in (characters[0], characters[-1]))
    inner = characters[int(first) : len(characters) - int(last)]
    text = "".join(c.text for c in inner)
    if (first or last) and not any(c.wild for c in inner) and text != text.strip():
        return f"{'%' * first}{_in_quotes(text)}{'%' * last}"
    return "".join(c.text if c.wild else escaped_text(c.text) for c in characters)


def _in_quotes(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
