"""Putting one piece of SQL into another without changing what either means."""

from __future__ import annotations

import re
from functools import lru_cache

from mainstem.semantics import references

_OPERAND = re.compile(r'[\w."`]+|\w+\([^()]*\)')

parts = lru_cache(maxsize=100_000)(references.parts)
"""A project's texts are read once a process, not once a query."""


def closed(sql: str) -> str:
    """SQL after which more can be written: a comment at its end would swallow it."""
    return f"({sql}\n)" if "--" in sql else sql


def operand(sql: str) -> str:
    """SQL that can stand beside any operator."""
    return sql if _OPERAND.fullmatch(sql) or "--" in sql or enclosed(sql) else f"({sql})"


def enclosed(sql: str) -> bool:
    """Whether one pair of parentheses holds it all, and no text or comment hides one."""
    if not (sql.startswith("(") and sql.endswith(")")) or "'" in sql or '"' in sql or "/*" in sql:
        return False
    depth = 0
    for at, character in enumerate(sql):
        depth += (character == "(") - (character == ")")
        if depth == 0:
            return at == len(sql) - 1
    return False
