"""People who were erased: how an event is known to be theirs, and the ledger that keeps them out.

A **person** is a set of ids and addresses, each in the one spelling that pseudonyms are made of. An event is
theirs when it names one of them as its user or anonymous id, as the id it was known by before, as an e-mail
address or telephone number of its traits. An anonymous id that was only *found* to be theirs, by an identify
or alias, is theirs as long as the event names no other user: a browser may have been somebody else's before.

The **ledger** holds the same as keyed hashes, with the moment of the erasure, and nobody's id. A line is
`<time> id|found <hash>`.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

from mainstem.events import Dropped, parse_time
from mainstem.events.form import Judged, Kind, Promise
from mainstem.privacy.pseudonyms import normalised

if TYPE_CHECKING:
    from datetime import datetime

    from mainstem.events import Sending, Step
    from mainstem.events.form import Form

_SUPPRESSED = Dropped("suppressed")
_REMEMBERED = 65_536
_REACHABLE = ("email", "phone")
_TRAITS = (("traits",), ("context", "traits"), ("properties",))
_PATHS = {("userId",), ("anonymousId",), ("previousId",)} | {
    (*place, name) for place in _TRAITS for name in _REACHABLE
}
"""Where an event of a known form names somebody. Forms have no lists of objects, as `mergeProperties` is."""

Known = Callable[[str], bool]


class Person(msgspec.Struct, frozen=True):
    """Somebody to erase. Both hold ids as `normalised` spells them."""

    ids: frozenset[str]
    """As asked for, with all pseudonyms of them, and the user ids that were found."""
    found: frozenset[str] = frozenset()
    """Anonymous ids that were found to be theirs."""

    def __contains__(self, event: object) -> bool:
        """Whether an event, decoded, is theirs."""
        return isinstance(event, dict) and _is_named(event, self.ids.__contains__, self.found.__contains__)


class Ledger(msgspec.Struct, frozen=True):
    """Everybody who was erased: hash → when, in RFC 3339."""

    key: bytes
    ids: dict[str, str]
    found: dict[str, str]

    def __repr__(self) -> str:
        return f"Ledger({len(self.ids)} ids, {len(self.found)} found)"


def read_ledger(text: str, key: bytes) -> Ledger:
    """Raises ValueError, naming the line, for one that is no line of a ledger."""
    kinds: dict[str, dict[str, str]] = {"id": {}, "found": {}}
    for number, line in enumerate(text.splitlines(), 1):
        parts = line.split()
        if len(parts) != 3 or parts[1] not in kinds or parse_time(parts[0]) is None:
            raise ValueError(f"line {number} is no line of a ledger of erasures")
        kinds[parts[1]].setdefault(parts[2], parts[0])
    return Ledger(key, kinds["id"], kinds["found"])


def ledger_lines(person: Person, key: bytes, at: str) -> list[str]:
    """What is to be added to a ledger, sorted, so that the same person gives the same lines."""
    kinds = (("id", person.ids), ("found", person.found))
    return [f"{at} {kind} {_hash(key, one)}" for kind, them in kinds for one in sorted(them)]


def erased_judge(ledger: Ledger) -> Callable[[dict[str, Any]], str | None]:
    """What says of an event when the person was erased whose it is; None where it is nobody's of those."""

    @lru_cache(_REMEMBERED)
    def hashed(message: str) -> str:
        return _hash(ledger.key, message)

    def judge(event: dict[str, Any]) -> str | None:
        met: list[str] = []

        def is_known(kind: dict[str, str]) -> Known:
            def known(message: str) -> bool:
                at = kind.get(hashed(message))
                if at is not None:
                    met.append(at)
                return at is not None

            return known

        return max(met) if _is_named(event, is_known(ledger.ids), is_known(ledger.found)) and met else None

    return judge


def erased_step(ledger: Ledger, *, keeps_new: bool) -> Step | None:
    """The step that drops what erased people's clients still send; None where nobody was erased.

    With `keeps_new` only what happened before the erasure: a late retry, a replay.
    """
    if not ledger.ids and not ledger.found:
        return None
    return _Step(ledger, keeps_new=keeps_new)


class _Step:
    def __init__(self, ledger: Ledger, *, keeps_new: bool) -> None:
        self._judge = erased_judge(ledger)
        self._keeps_new = keeps_new
        self._is_anybodys = _anybodys(ledger)

    def __call__(self, event: dict[str, Any], sending: Sending) -> Dropped | None:
        at = self._judge(event)
        if at is None:
            return None
        if self._keeps_new and not is_older(event, sending.received_at, at):
            return None
        return _SUPPRESSED

    def promise(self, form: Form) -> Promise:
        """Events of others are left alone; one that names somebody erased goes through the step."""
        paths = tuple(path for path in form.paths(Kind.TEXT, Kind.INT, Kind.FLOAT) if path in _PATHS)
        return Promise(judged=(Judged(paths, self._are_others),) if paths else ())

    def _are_others(self, values: tuple[Any, ...]) -> bool:
        return not any(self._is_anybodys(normalised(_text(value))) for value in values)


def _anybodys(ledger: Ledger) -> Known:
    """Whether a spelling stands in the ledger at all."""

    @lru_cache(_REMEMBERED)
    def known(message: str) -> bool:
        hashed = _hash(ledger.key, message)
        return hashed in ledger.ids or hashed in ledger.found

    return known


def is_older(event: dict[str, Any], received_at: str, at: str) -> bool:
    """Whether an event happened, or came, before `at`."""
    erased = parse_time(at)
    moments: list[datetime | None] = [
        parse_time(received_at),
        *(parse_time(event.get(name)) for name in ("originalTimestamp", "timestamp", "sentAt")),
    ]
    return erased is not None and any(moment is not None and moment < erased for moment in moments)


def linked_ids(event: dict[str, Any], person: Person) -> tuple[set[str], set[str]]:
    """User and anonymous ids that an identify or alias says are the same person's, as they stand in it."""
    if event.get("type") not in ("identify", "alias") or event not in person:
        return set(), set()
    users = {one for one in (_text(event.get("userId")), _text(event.get("previousId"))) if one}
    anonymous = {one for one in (_text(event.get("anonymousId")),) if one}
    return users, anonymous


def reachable(event: dict[str, Any]) -> Iterator[str]:
    """E-mail addresses and telephone numbers that an event says are its user's."""
    context = event.get("context")
    places = (event.get("traits"), context.get("traits") if isinstance(context, dict) else None)
    for traits in (*places, event.get("properties")):
        if isinstance(traits, dict):
            yield from (text for name in _REACHABLE if (text := _text(traits.get(name))))
    merged = event.get("mergeProperties")
    for one in merged if isinstance(merged, list) else []:
        if isinstance(one, dict) and (text := _text(one.get("value"))):
            yield text


def _is_named(event: dict[str, Any], known: Known, found: Known) -> bool:
    user, anonymous, previous = (_text(event.get(name)) for name in ("userId", "anonymousId", "previousId"))
    if any(known(normalised(one)) for one in (user, anonymous, previous) if one):
        return True
    if any(known(normalised(one)) for one in reachable(event)):
        return True
    return not user and any(found(normalised(one)) for one in (anonymous, previous) if one)


def _text(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    return str(value).strip()


def _hash(key: bytes, message: str) -> str:
    return hmac.digest(key, message.encode("utf-8", "surrogatepass"), "sha256").hex()
