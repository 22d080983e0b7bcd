"""The controls' part of a form: `w[key].was`, `w[key].0.op`, `w[key].0.v` … beside the expressions.

What is unfinished stands in an address in the same words, so that nothing filled in is lost.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mainstem.web.filters.rows import Row
from mainstem.web.filters.settling import Draft

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_NAME = re.compile(r"w\[(?P<key>.+)\]\.(?:(?P<row>\d{1,3})\.)?(?P<part>[a-z]+)", re.DOTALL)
_MOST_ROWS = 50


def taken(pairs: Iterable[tuple[str, str]]) -> tuple[list[tuple[str, str]], dict[str, Draft]]:
    """The other pairs as they are, and the draft of each key."""
    others: list[tuple[str, str]] = []
    found: dict[str, _Draft] = {}
    for name, value in pairs:
        match = _NAME.fullmatch(name)
        if match is None:
            others.append((name, value))
        else:
            found.setdefault(match["key"], _Draft()).take(match["row"], match["part"], value)
    return others, {key: draft.made() for key, draft in found.items()}


def is_sent(drafts: Mapping[str, Draft]) -> bool:
    """Whether they come out of a form, and not out of an address that keeps what is unfinished."""
    return any(draft.was is not None for draft in drafts.values())


def part_name(key: str, part: str, row: int | None = None) -> str:
    return f"w[{key}].{part}" if row is None else f"w[{key}].{row}.{part}"


def kept_pairs(key: str, rows: Iterable[Row]) -> list[tuple[str, str]]:
    """Rows for an address."""
    pairs: list[tuple[str, str]] = []
    for number, row in enumerate(rows):
        pairs.append((part_name(key, "op", number), row.operator))
        pairs += ((part_name(key, "v", number), value) for value in row.values)
        pairs += ((part_name(key, name, number), value) for name, value in row.texts.items() if value)
    return pairs


class _Draft:
    def __init__(self) -> None:
        self.parts: dict[str, str] = {}
        self.rows: dict[int, tuple[dict[str, str], list[str]]] = {}
        self.dropped: set[int] = set()

    def take(self, row: str | None, part: str, value: str) -> None:
        if row is None:
            if part == "drop":
                self.dropped |= {int(value)} if value.isascii() and value.isdigit() else set()
            self.parts[part] = value
            return
        texts, values = self.rows.setdefault(int(row), ({}, []))
        if part == "v":
            values.append(value)
        else:
            texts[part] = value

    def made(self) -> Draft:
        rows = [
            Row(texts.pop("op", "is"), tuple(dict.fromkeys(v for v in values)), texts)
            for number, (texts, values) in sorted(self.rows.items())
            if number not in self.dropped
        ]
        return Draft(
            was=self.parts.get("was"),
            applied=self.parts.get("applied"),
            rows=tuple(rows[:_MOST_ROWS]),
            use=self.parts.get("use", ""),
            more="more" in self.parts,
            shaped="shape" in self.parts,
        )
