"""`case: { when: { sql: … ;; label: "…" } … else: "…" }` of a dimension."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.semantics.model import When
from mainstem.semantics.reading.parameters import Parameters
from mainstem.semantics.reading.vocabulary import Vocabulary, words

if TYPE_CHECKING:
    from mainstem.semantics.syntax import Block

_CASE = Vocabulary("case", read=words("when else"))
_WHEN = Vocabulary("when", read=words("sql label"))


def read_case(given: Parameters) -> tuple[tuple[When, ...], str | None]:
    """The branches in order, and what stands for all else; empty without a `case`."""
    for block in given.unnamed("case"):
        inner = Parameters(block, _CASE, given.problems)
        branches = tuple(when for one in inner.unnamed("when") if (when := _read_when(one, given)))
        if not branches:
            given.reject("case", f"the case of {given.block.name} has no when")
        return branches, inner.text("else")
    return (), None


def _read_when(block: Block, given: Parameters) -> When | None:
    inner = Parameters(block, _WHEN, given.problems)
    sql, label = inner.sql("sql"), inner.text("label")
    if sql is None or inner.reason:
        given.reject("case", inner.reason or f"a when of {given.block.name} has no sql")
        return None
    return When(sql, label if label is not None else block.name or sql)
