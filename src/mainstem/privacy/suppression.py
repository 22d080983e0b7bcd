"""People none of whose events are kept: lists in files, and the step that holds events against them.

A line is an id as SDKs send it, a pseudonym of one, an e-mail address, or a JSON object in the style of
RudderStack's regulations (`{"regulationType":"suppress","users":[{"userId":"u1"}]}`) or Segment's
(`{"regulationType":"SUPPRESS_ONLY","subjectType":"USER_ID","subjectIds":["u1"]}`). `#` begins a comment.
A list holds people; write pseudonyms where you can.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from mainstem.events import Dropped
from mainstem.events.form import Judged, Kind, Promise
from mainstem.privacy.pseudonyms import is_pseudonym, normalised, pseudonyms

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mainstem.events import Sending, Step
    from mainstem.events.form import Form
    from mainstem.privacy.pseudonyms import PseudonymKeys

_FIELDS = ("userId", "anonymousId", "previousId")
_ADDRESS_PATHS: tuple[tuple[str, ...], ...] = (("traits", "email"), ("context", "traits", "email"))
_IN_REGULATION = ("userId", "anonymousId", "userIds", "subjectIds", "users", "email", "id")
_SUPPRESSED = Dropped("suppressed")


def read_suppressed(text: str) -> frozenset[str]:
    """Everything `text` lists, without surrounding space. Raises ValueError, naming the line, for a line
    that begins like JSON and is none, or names nobody."""
    return frozenset(
        one for number, line in enumerate(text.splitlines(), 1) for one in _of_line(line, number)
    )


def suppression_step(listed: frozenset[str], keys: PseudonymKeys | None) -> Step | None:
    """The step that drops events of the `listed`; None where nobody is.

    Pseudonyms in the list are met under every key of `keys`; addresses in any case, as an id or a trait.
    """
    if not listed:
        return None
    return _Step(listed, keys)


class _Step:
    def __init__(self, listed: frozenset[str], keys: PseudonymKeys | None) -> None:
        self._listed = listed
        self._mails = frozenset(normalised(one) for one in listed if "@" in one)
        self._keys = keys if any(map(is_pseudonym, listed)) else None
        self._by_address = bool(self._mails) or self._keys is not None

    def __call__(self, event: dict[str, Any], sending: Sending) -> Dropped | None:
        for name in _FIELDS:
            value = event.get(name)
            if value is not None and self._is_listed(value):
                return _SUPPRESSED
        if self._by_address and any(map(self._is_listed, _addresses(event))):
            return _SUPPRESSED
        return None

    def promise(self, form: Form) -> Promise:
        wanted: list[tuple[str, ...]] = [(name,) for name in _FIELDS]
        wanted += list(_ADDRESS_PATHS) if self._by_address else []
        paths = tuple(path for path in form.paths(Kind.TEXT, Kind.INT) if path in wanted)
        return Promise(judged=(Judged(paths, self._are_others),) if paths else ())

    def _are_others(self, values: tuple[Any, ...]) -> bool:
        return not any(map(self._is_listed, values))

    def _is_listed(self, value: object) -> bool:
        if not isinstance(value, (str, int)) or isinstance(value, bool):
            return False
        text = str(value).strip()
        if text in self._listed or ("@" in text and normalised(text) in self._mails):
            return True
        return self._keys is not None and not self._listed.isdisjoint(pseudonyms(self._keys, text).values())


def _addresses(event: dict[str, Any]) -> Iterator[object]:
    context = event.get("context")
    for traits in (event.get("traits"), context.get("traits") if isinstance(context, dict) else None):
        if isinstance(traits, dict) and "email" in traits:
            yield traits["email"]


def _of_line(line: str, number: int) -> Iterator[str]:
    line = line.strip()
    if line.startswith("{"):
        try:
            found = list(_people(msgspec.json.decode(line)))
        except (msgspec.DecodeError, RecursionError) as e:
            raise ValueError(f"line {number} begins with {{ and is no JSON object") from e
        if not found:
            raise ValueError(f"line {number} names nobody (valid: {', '.join(_IN_REGULATION)})")
        yield from found
    elif line and not line.startswith("#"):
        yield line


def _people(regulation: Any) -> Iterable[str]:
    if isinstance(regulation, (str, int)):
        return [str(regulation).strip()] if str(regulation).strip() else []
    if isinstance(regulation, list):
        return [one for part in regulation for one in _people(part)]
    if isinstance(regulation, dict):
        return [one for name in _IN_REGULATION for one in _people(regulation.get(name, []))]
    return []
