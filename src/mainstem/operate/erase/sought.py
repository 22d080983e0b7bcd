"""Whom an erasure is about: ids and addresses as they stand in data, in every spelling they may have there.

Only what is asked for, or found to be linked with it, is looked for; nothing is guessed.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec

from mainstem.privacy import pseudonyms
from mainstem.privacy.erased import Person
from mainstem.privacy.pseudonyms import normalised

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mainstem.privacy import PseudonymKeys

DISTINCT = 6
"""Characters from which an id is looked for inside other text too: a shorter one stands in anybody's."""


class Sought(msgspec.Struct, frozen=True):
    """One person."""

    ids: tuple[str, ...]
    """User ids, anonymous ids, addresses, and all pseudonyms of them."""
    found: tuple[str, ...] = ()
    """Anonymous ids that were found to be theirs, and pseudonyms."""

    @property
    def person(self) -> Person:
        return Person(frozenset(map(normalised, self.ids)), frozenset(map(normalised, self.found)))

    @property
    def addresses(self) -> tuple[str, ...]:
        """Those of `ids` that are compared without case."""
        return tuple(sorted({one.strip().lower() for one in self.ids if "@" in one}))

    @property
    def distinct(self) -> tuple[str, ...]:
        """All that can be looked for inside other text."""
        return tuple(one for one in (*self.ids, *self.found) if len(one) >= DISTINCT)

    @property
    def texts(self) -> tuple[str, ...]:
        """Those, in every form that they may have inside other text."""
        return tuple(form for one in self.distinct for form in forms(one))

    @property
    def folded_texts(self) -> tuple[str, ...]:
        """Those of them that are the same in any case: addresses."""
        return tuple(form for one in self.addresses for form in forms(one))

    def plus(self, ids: Iterable[str], found: Iterable[str], keys: PseudonymKeys | None) -> Sought:
        """With more ids, each in all its spellings."""
        known = {*self.ids, *_spellings(ids, keys)}
        return Sought(tuple(sorted(known)), tuple(sorted({*self.found, *_spellings(found, keys)} - known)))


def sought(values: Iterable[str], keys: PseudonymKeys | None) -> Sought:
    """Whoever is one of `values`."""
    return Sought(()).plus((one.strip() for one in values), (), keys)


def forms(text: str) -> tuple[str, ...]:
    """How `text` may be written inside other text: as it is, in JSON, in a URL."""
    in_json = (json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1])
    return tuple(dict.fromkeys((text, *in_json, quote(text, safe=""), quote(text))))


def _spellings(values: Iterable[str], keys: PseudonymKeys | None) -> set[str]:
    whole = {one for one in values if one}
    made = {made for one in whole for made in pseudonyms(keys, one).values()} if keys else set()
    return whole | made
