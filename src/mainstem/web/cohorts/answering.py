"""The answer to a question about cohorts, as its page shows it; and whom an address picks of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import msgspec

from mainstem.cohorts import counted, members, sources
from mainstem.cohorts.definition import decode_pick
from mainstem.cohorts.question import conditions_of
from mainstem.cohorts.uncounted import read as read_uncounted
from mainstem.cohorts.uncounted import uncounted
from mainstem.errors import QueryError
from mainstem.web.cohorts.address import read_draft
from mainstem.web.cohorts.building import begun
from mainstem.web.cohorts.view import shown
from mainstem.web.cohorts.words import condition_text, definition_text, pick_text, plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mainstem.cohorts import Definition, Pick, Source
    from mainstem.query.explorer import Explorer
    from mainstem.web.cohorts.address import Draft

_PICKED = "pick"


def answered(pairs: Sequence[tuple[str, str]], explorer: Explorer) -> dict[str, Any]:
    """What the answer's page shows of an address; it asks the warehouse. Raises QueryError."""
    every = sources(explorer)
    draft = begun(read_draft(pairs), every)
    definition = draft.definition(every)
    words = said(definition, every, explorer)
    result = explorer.run_composed(counted(definition, explorer))
    left_out = read_uncounted(definition, explorer.run_composed(uncounted(definition, explorer)))
    labels = [words[id(step)] for step in conditions_of(definition)]
    steps = labels[: len(getattr(definition, "steps", ()))] if draft.kind == "funnel" else []
    picked = dict(pairs).get(_PICKED)
    pick = _read_pick(picked) if picked else None
    if pick is not None:
        members(definition, pick, explorer)  # raises for one that means nobody
    address = draft.address
    return {
        "shown": shown(definition, result, steps, address),
        "definition_said": definition_text(definition, words),
        "unit": definition.unit,
        "plural": plural,
        "uncounted": [(one, words[id(one.condition)]) for one in left_out],
        "result": result,
        "pick": pick,
        "pick_said": pick_text(definition, pick, words) if pick else "",
        "pick_address": f"{address}&{urlencode({_PICKED: picked})}" if picked else "",
        "address": address,
        "breakdown": draft.get("breakdown"),
    }


def said(definition: Definition, every: Sequence[Source], explorer: Explorer) -> dict[int, str]:
    """What each condition is called, by its `id`."""
    by_name = {one.explore: one for one in every if one.model == definition.model}
    labels: dict[str, str] = {}
    for name in dict.fromkeys(one.explore for one in conditions_of(definition)):
        if name in by_name:
            labels |= {field: one.label for field, one in explorer.fields(definition.model, name).items()}
    return {
        id(one): condition_text(one, by_name.get(one.explore), labels) for one in conditions_of(definition)
    }


def _read_pick(text: str) -> Pick:
    try:
        return decode_pick(text)
    except (msgspec.DecodeError, msgspec.ValidationError) as e:
        raise QueryError(f"what was picked cannot be read: {e}") from e


def picked_at(address: str, explorer: Explorer) -> tuple[Draft, Pick]:
    """The question of an address, and whom it picks. Raises QueryError where that is nobody."""
    pairs = parse_qsl(urlsplit(address).query, keep_blank_values=True)
    picked = dict(pairs).get(_PICKED, "")
    if not picked:
        raise QueryError("nobody was picked")
    return begun(read_draft(pairs), sources(explorer)), _read_pick(picked)
