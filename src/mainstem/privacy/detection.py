"""Lead the detectors through an event, or any JSON: its values, its keys, the URLs in it.

Most events hold nothing to find, and the prefilter says so from their bytes; only the others are walked.
"""

from __future__ import annotations

import secrets
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from mainstem.privacy.detectors import card
from mainstem.privacy.names import bare
from mainstem.privacy.paths import MOST_LEVELS, REMOVE, path_of
from mainstem.privacy.prefilter import is_suspicious
from mainstem.privacy.pseudonyms import pseudonym
from mainstem.privacy.text import is_mark

if TYPE_CHECKING:
    from collections.abc import Collection

    from mainstem.privacy.notes import Deed, Note
    from mainstem.privacy.pseudonyms import PseudonymKeys
    from mainstem.privacy.text import Redaction

IDS = ("userId", "anonymousId", "groupId", "previousId", "messageId")
"""An id that holds something is replaced as a whole: two people must not become one."""

TELLING_APART = ("userId", "anonymousId", "messageId")
"""The ids by which events are told apart, and people."""

_LEAST_CARD, _MOST_CARD = 10 ** (card.SHORTEST - 1), 10**card.LONGEST
_MOST_NAMES = 4096
_LONGEST_NAME = 64


class Detection:
    """The detectors' rule of one profile, made once for a source."""

    def __init__(
        self,
        redaction: Redaction,
        keys: PseudonymKeys | None,
        exempt: Collection[tuple[str, ...]] = (),
    ) -> None:
        """`exempt`: paths whose values are not looked at."""
        self._redaction = redaction
        self._keys = keys
        self._exempt = frozenset(exempt)
        self._plain_names: set[str] = set()
        # Without a key a repeated message is still to be known as one, for as long as this process lives.
        self._salt = secrets.token_bytes(16)

    def __call__(self, event: dict[str, Any], notes: list[Note]) -> None:
        """Clean `event` in place, if anything may be found in it."""
        if is_suspicious(event) or not self._has_plain_names(event, 0):
            self.clean(event, notes)

    def clean(self, event: dict[str, Any], notes: list[Note]) -> None:
        """Walk through all of `event` and clean it in place."""
        for name in IDS:
            if name in event:
                self._clean_id(event, name, notes)
        self._object(event, (), notes)

    def is_harmless(self, value: Any) -> bool:
        """Whether nothing is found in `value`, a text or a number, wherever it stands; never of an object."""
        if type(value) in (dict, list):
            return False
        return self._value(value, (), []) is value

    def _has_plain_names(self, value: Any, level: int) -> bool:
        """Whether every key is known to tell of nothing; what keys spell is the prefilter's."""
        if level > MOST_LEVELS:
            return False
        if type(value) is list:
            return all(self._has_plain_names(v, level + 1) for v in value if type(v) in (dict, list))
        if not value.keys() <= self._plain_names and not self._are_plain(value):
            return False
        return all(self._has_plain_names(v, level + 1) for v in value.values() if type(v) in (dict, list))

    def _are_plain(self, names: Collection[str]) -> bool:
        if len(self._plain_names) > _MOST_NAMES:
            self._plain_names.clear()
        for name in names:
            if self._redaction.detector_of(name) is not None:
                return False
            if len(name) <= _LONGEST_NAME:
                self._plain_names.add(name)
        return True

    def _clean_id(self, event: dict[str, Any], name: str, notes: list[Note]) -> None:
        value = event[name]
        if type(value) not in (str, int, float) or (bare(name),) in self._exempt:
            return
        text = str(value)
        if not self._redaction.is_suspect_id(text):
            return
        deed: Deed = "pseudonymised"
        if self._keys is not None:
            event[name] = pseudonym(self._keys, text)
        elif name == "messageId":
            deed = "hashed"
            event[name] = blake2b(text.encode("utf-8", "replace"), digest_size=16, key=self._salt).hexdigest()
        else:
            deed = "removed"
            del event[name]
        notes.append((deed, name))

    def _object(self, found: dict[str, Any], at: tuple[str, ...], notes: list[Note]) -> None:
        self._clean_names(found, at, notes)
        for name, value in list(found.items()):
            kind = type(value)
            if kind is bool or value is None or (not at and name in IDS and kind in (str, int, float)):
                continue
            here = (*at, name)
            if self._exempt and tuple(map(bare, here)) in self._exempt:
                continue
            mark = self._redaction.value_mark(name, value) if kind is str or kind is int else None
            new = self._value(value, here, notes) if mark is None else self._marked(mark, here, notes)
            if new is REMOVE:
                del found[name]
            elif new is not value:
                found[name] = new

    def _clean_names(self, found: dict[str, Any], at: tuple[str, ...], notes: list[Note]) -> None:
        """Put clean names in place of those that are somebody's; of two that become one, the first stays."""
        clean = self._redaction.clean
        if all(clean(name) == name for name in found):
            return
        items = list(found.items())
        found.clear()
        for name, value in items:
            new = clean(name)
            if new != name:
                notes.append(("masked", path_of(at, "*")))
            if new is not None:
                found.setdefault(new, value)

    def _marked(self, mark: str, at: tuple[str, ...], notes: list[Note]) -> Any:
        dropped = self._redaction.drops(mark)
        notes.append(("removed" if dropped else "masked", path_of(at)))
        return REMOVE if dropped else mark

    def _value(self, value: Any, at: tuple[str, ...], notes: list[Note]) -> Any:
        kind = type(value)
        if kind is str:
            return self._text(value, at, notes)
        if kind is int or kind is float:
            return self._number(value, at, notes)
        if kind is dict or kind is list:
            if len(at) > MOST_LEVELS:
                notes.append(("removed", path_of(at)))
                return REMOVE
            if kind is dict:
                self._object(value, at, notes)
            else:
                kept = [self._value(v, (*at, "*"), notes) for v in value]
                value[:] = [v for v in kept if v is not REMOVE]
        return value

    def _text(self, text: str, at: tuple[str, ...], notes: list[Note]) -> Any:
        cleaned = self._redaction.clean(text)
        if cleaned == text:
            return text
        if cleaned is None:
            notes.append(("removed", path_of(at)))
            return REMOVE
        notes.append(("pseudonymised" if is_mark(cleaned) and cleaned[0] != "[" else "masked", path_of(at)))
        return cleaned

    def _number(self, value: float, at: tuple[str, ...], notes: list[Note]) -> Any:
        """A card's number does not become a text: its column could not take it."""
        if not _LEAST_CARD <= abs(value) < _MOST_CARD or not float(value).is_integer():
            return value
        digits = str(abs(int(value)))
        if self._redaction.clean(digits) == digits:
            return value
        notes.append(("removed", path_of(at)))
        return REMOVE
