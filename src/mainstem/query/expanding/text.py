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
    return f"({sql}\n)" if commented(sql) else sql


def commented(sql: str) -> bool:
    """Whether a comment may run to the end of its line; BigQuery's begin with `#` as well."""
    return "--" in sql or "#" in sql


def operand(sql: str) -> str:
    """SQL that can stand beside any operator."""
    return sql if _OPERAND.fullmatch(sql) or _enclosed(sql) else closed(sql) if commented(sql) else f"({sql})"


def _enclosed(sql: str) -> bool:
    """Whether one pair of parentheses holds it all; where texts could hide one, it is not looked for."""
    if not (sql.startswith("(") and sql.endswith(")")) or "'" in sql or '"' in sql or "/*" in sql:
        return commented(sql) and sql.startswith("(") and sql.endswith("\n)") and "\n) " not in sql
    depth = 0
    for at, character in enumerate(sql):
        depth += (character == "(") - (character == ")")
        if depth == 0:
            return at == len(sql) - 1
    return False
