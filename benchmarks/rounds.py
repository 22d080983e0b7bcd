"""Measure two things in turns, so that what else the machine does falls on both."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Ours = TypeVar("Ours")
Limit = TypeVar("Limit")


def interleaved(
    rounds: int, ours: Callable[[], Ours], limit: Callable[[], Limit]
) -> list[tuple[Ours, Limit]]:
    """`rounds` pairs; which of the two comes first alternates, so that neither always finds a warm disk."""
    found: list[tuple[Ours, Limit]] = []
    for number in range(rounds):
        if number % 2:
            second = limit()
            found.append((ours(), second))
        else:
            first = ours()
            found.append((first, limit()))
    return found
