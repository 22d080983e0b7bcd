"""What of a question is wanted as a file, out of a URL: the question's own parameters and a few more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from mainstem.web.explore import read_question

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mainstem.query.request import Request
    from mainstem.web.explore import Question

OWN = frozenset(("rows", "formatted", "head", "theme", "paper", "turn"))
"""Parameters that are about the file."""


@dataclass(frozen=True)
class Wanted:
    request: Request
    formatted: bool
    """Cells as pages show them, in formats that have only texts."""
    names: bool
    """`view.field`s at the head, in place of labels."""
    problems: tuple[str, ...]
    """What of the URL could not be read."""


def read_wanted(model: str, explore: str, query: Iterable[tuple[str, str]]) -> Wanted:
    """`rows=all` for every row, `formatted=yes`, `head=name`; the rest is the question's address."""
    pairs = list(query)
    question, problems = read_question(model, explore, [pair for pair in pairs if pair[0] not in OWN])
    return wanted_of(question, pairs, problems)


def wanted_of(question: Question, query: Iterable[tuple[str, str]], problems: tuple[str, ...] = ()) -> Wanted:
    """Of a question that is known; of the address only what is about the file."""
    own = {name: value for name, value in query if name in OWN}
    request = question.request
    if question.hidden_fields and not request.dynamic_fields:
        kept = tuple(field for field in request.fields if field not in question.hidden_fields)
        request = msgspec.structs.replace(request, fields=kept)
    if own.get("rows") == "all":
        request = msgspec.structs.replace(request, limit=-1)
    return Wanted(request, own.get("formatted") == "yes", own.get("head") == "name", problems)
