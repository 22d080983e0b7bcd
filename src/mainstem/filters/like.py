"""LIKE patterns: `%` any characters, `_` one, and `^` before a character that stands for itself."""

from __future__ import annotations

import re

WILD = "%_"
TOKEN = re.compile(r"\^(.)|(.)", re.DOTALL)
"""The first group is a character after its `^`, the second any other, wildcards among them."""


def like_literal(text: str) -> str:
    """A text as the part of a LIKE pattern that matches exactly it."""
    return re.sub(r"[%_^]", lambda m: f"^{m[0]}", text)


def unlike_literal(pattern: str, before: str, after: str) -> str | None:
    """The text a LIKE pattern has between those two wildcards; None where there is any other."""
    if len(pattern) < len(before) + len(after) or not (
        pattern.startswith(before) and pattern.endswith(after)
    ):
        return None
    tokens = list(TOKEN.finditer(pattern[len(before) : len(pattern) - len(after)]))
    if any(m[2] in (*WILD, "^") for m in tokens):
        return None
    return "".join(m[1] or m[2] for m in tokens)
