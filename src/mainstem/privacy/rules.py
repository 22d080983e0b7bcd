"""Turn a profile into what a source does with each event: compiled once, then a row of closures.

Order: addresses, allow-lists, then rules by path, then the detectors over what is left, so that nothing a
rule lets through escapes them. An event that went through once comes out the same a second time.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import msgspec

from mainstem.events import Held, Scrub, Step
from mainstem.privacy import spec
from mainstem.privacy.addresses import truncated
from mainstem.privacy.allow import Passage, allow_list
from mainstem.privacy.detection import TELLING_APART, Detection
from mainstem.privacy.names import bare
from mainstem.privacy.notes import Note, write_notes
from mainstem.privacy.paths import REMOVE, apply_at, parse_path, path_of, with_traits
from mainstem.privacy.promise import Judgement, promise_of
from mainstem.privacy.pseudonyms import pseudonym, salted_hash
from mainstem.privacy.screen import Screen
from mainstem.privacy.text import MASKED, Redaction, is_mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mainstem.events import Sending
    from mainstem.events.form import Form, Promise
    from mainstem.privacy.allow import Allowed
    from mainstem.privacy.paths import Segments
    from mainstem.privacy.profiles import Profile
    from mainstem.privacy.pseudonyms import PseudonymKeys
    from mainstem.privacy.settings import IpRule

_TOO_MUCH = Held("too much text to look through for private data: what was not looked at is masked")
_USER_IDS = ("userId", "previousId", "traits.id", "traits.userId")
_ADDRESSES = ("ip", "request_ip")

Rule = Callable[[dict[str, Any], list[Note]], None]
Change = Callable[[Any, tuple[str, ...], list[Note]], Any]


class Rules(msgspec.Struct, frozen=True):
    """What a profile comes to; both None where it does nothing."""

    step: Step | None
    scrub: Scrub | None


def compile_rules(
    profile: Profile, keys: PseudonymKeys | None, extra_properties: Iterable[str] = frozenset()
) -> Rules:
    """`extra_properties` are paths that the source's tracking plan knows (`properties.plan`,
    `context.app.channel`), let through where there is an allow-list.

    `keys` must be there where `profile.needs_key`. Without one, an id that turns out to be an e-mail
    address, a number or a secret is taken away, since it cannot be replaced.
    """
    redaction = Redaction(profile.detectors, keys)
    rules = tuple(_rules(profile, keys, tuple(_planned(extra_properties)), redaction))
    if not rules and profile.ip == "keep":
        return Rules(None, None)
    step = _Step(profile, rules, redaction, keys)

    def scrub(value: Any, sending: Sending) -> Any:
        """Quarantine keeps an item that is no event as the rules leave it; what is no object says too
        little to be judged by names, and a list of it is judged one by one."""
        if isinstance(value, dict):
            step(value, sending)
            return value
        if isinstance(value, list):
            return [scrub(one, sending) for one in value[:_MOST_ITEMS]]
        wrapped = {"properties": {"item": value}}
        step(wrapped, sending)
        return wrapped.get("properties", {}).get("item")

    return Rules(step, scrub)


_MOST_ITEMS = 1000


class _Step:
    """All rules of a profile, one after the other."""

    def __init__(
        self, profile: Profile, rules: tuple[Rule, ...], redaction: Redaction, keys: PseudonymKeys | None
    ) -> None:
        self._profile = profile
        self._rules = rules
        self._redaction = redaction
        self._keys = keys
        self._keep = _keeper(profile.ip)
        self._shorten = None if self._keep is None else _shorten(self._keep)
        self._judgement = Judgement(redaction)
        self._exempt = frozenset(_exempt(profile))
        self._request: tuple[Mapping[bytes, bytes], str] = ({}, "")

    def __call__(self, event: dict[str, Any], sending: Sending) -> Held | None:
        # Events of one request share their headers, and requests of one connection that follow each other.
        headers, at = self._request
        is_new = headers is not sending.headers or at != sending.received_at
        if is_new:
            self._request = (sending.headers, sending.received_at)
        self._redaction.begin(is_new_request=is_new)
        if self._shorten is not None:
            self._shorten(event, sending)
        notes: list[Note] = []
        for name in TELLING_APART:
            if type(event.get(name)) in (dict, list):
                self._make_one_value(event, name, notes)
        for rule in self._rules:
            rule(event, notes)
        if notes:
            write_notes(event, self._profile.name, notes)
        return _TOO_MUCH if self._redaction.is_spent else None

    def _make_one_value(self, event: dict[str, Any], name: str, notes: list[Note]) -> None:
        """An id that is an object says who somebody is, or which event this is, and no rule for names can
        tell by which of its parts: it becomes its JSON text, or where there is a key its pseudonym."""
        text = msgspec.json.encode(event[name], order="sorted").decode()
        event[name] = text if self._keys is None else pseudonym(self._keys, text)
        if self._keys is not None:
            notes.append(("pseudonymised", name))

    def promise(self, form: Form) -> Promise | None:
        return promise_of(self, form, self._judgement, self._redaction, self._exempt, self._keep)


def _planned(paths: Iterable[str]) -> Iterator[Segments]:
    """A name that cannot stand in a path (it has dots of its own) is left to the other rules."""
    for path in sorted(paths):
        with suppress(ValueError):
            yield parse_path(path)


def _rules(
    profile: Profile, keys: PseudonymKeys | None, extra: tuple[Segments, ...], redaction: Redaction
) -> Iterator[Rule]:
    allowed = _allowed(profile, extra, redaction)
    detection = Detection(redaction, keys, _exempt(profile)) if redaction.detectors else None
    by_path = tuple(_path_rules(profile, keys))
    if allowed is not None:
        # Where no rule changes a value in between, and no name needs a look, both go through at once.
        if detection is not None and not by_path and _tells_nothing(profile, extra, redaction):
            yield Screen(allowed, detection)
            return
        yield _allow_rule(allowed)
    yield from by_path
    if detection is not None:
        yield detection


def _exempt(profile: Profile) -> list[Segments]:
    return with_traits([parse_path(path) for path in profile.exempt])


def _path_rules(profile: Profile, keys: PseudonymKeys | None) -> Iterator[Rule]:
    for path in profile.drop:
        yield _path_rule(path, _dropped)
    for path in profile.mask:
        yield _path_rule(path, _masked)
    if keys is not None:
        for path in profile.hash:
            yield _path_rule(path, _hashed(keys, path))
        ids = _USER_IDS if profile.user_id == "pseudonymise" else ()
        for path in (*profile.pseudonymise, *ids):
            yield _path_rule(path, _pseudonymised(keys))


def _allowed(profile: Profile, extra: tuple[Segments, ...], redaction: Redaction) -> Allowed | None:
    sections = {"properties": profile.properties, "traits": profile.traits, "context": profile.context}
    if all(listed is None for listed in sections.values()):
        return None

    def is_telling(name: str) -> bool:
        return (
            bare(name) in spec.TELLING
            or redaction.detector_of(name) is not None
            or redaction.clean(name) != name
        )

    paths: list[Segments] = [parse_path(field) for field in spec.FIELDS]
    for section, listed in sections.items():
        if listed is None:
            paths.append((section, "**"))
        else:
            # Each section is there though nothing of it be named.
            paths += [(section, "privacy", "profile")] if section == "context" else []
            paths += [(section, *parse_path(path)) for path in listed]
    paths += extra
    return allow_list(with_traits(paths), is_telling)


def _tells_nothing(profile: Profile, extra: tuple[Segments, ...], redaction: Redaction) -> bool:
    """Whether no name that the lists let through is one that a detector knows."""
    if profile.properties is None or profile.traits is None or profile.context is None:
        return False
    if any(redaction.detector_of(path[-1]) is not None for path in extra):
        return False
    own = {*profile.properties, *profile.traits, *profile.context} - _SPEC
    return not any(path.endswith("*") or redaction.detector_of(path.rpartition(".")[2]) for path in own)


_SPEC = {*spec.PROPERTIES, *spec.TRAITS, *spec.CONTEXT}
"""Chosen with the detectors in mind: a name among them that one knows (`mobile`) is a switch."""


def _allow_rule(allowed: Allowed) -> Rule:
    nothing: set[Any] = set()

    def rule(event: dict[str, Any], notes: list[Note]) -> None:
        allowed.filter(event, (), Passage(notes, nothing))

    return rule


def _path_rule(written: str, change: Change) -> Rule:
    paths = with_traits([parse_path(written)])

    def rule(event: dict[str, Any], notes: list[Note]) -> None:
        for path in paths:
            apply_at(path, event, lambda value, at: change(value, at, notes))

    return rule


def _dropped(value: Any, path: tuple[str, ...], notes: list[Note]) -> Any:
    notes.append(("removed", path_of(path)))
    return REMOVE


def _masked(value: Any, path: tuple[str, ...], notes: list[Note]) -> Any:
    if value is None or value == MASKED:
        return value
    notes.append(("masked", path_of(path)))
    return MASKED


def _hashed(keys: PseudonymKeys, rule: str) -> Change:
    return _replaced("hashed", lambda value: salted_hash(keys, value, rule))


def _pseudonymised(keys: PseudonymKeys) -> Change:
    return _replaced("pseudonymised", lambda value: pseudonym(keys, value))


def _replaced(deed: Any, make: Callable[[Any], str]) -> Change:
    def change(value: Any, path: tuple[str, ...], notes: list[Note]) -> Any:
        if isinstance(value, list):
            return [change(one, (*path, "*"), notes) for one in value]
        if isinstance(value, dict):
            return {name: change(one, path, notes) for name, one in value.items()}
        if value is None or isinstance(value, bool) or value == "" or is_mark(value):
            return value
        notes.append((deed, path_of(path)))
        return make(value)

    return change


def _keeper(rule: IpRule) -> Callable[[str], str] | None:
    """What makes of an address what may be kept of it; None where all of it may."""
    if rule == "keep":
        return None
    return truncated if rule == "truncate" else _nothing


def _shorten(keep: Callable[[str], str]) -> Callable[[dict[str, Any], Sending], None]:
    def shorten(event: dict[str, Any], sending: Sending) -> None:
        sending.request_ip = keep(sending.request_ip)
        context = event.get("context")
        if type(context) is dict:
            if "ip" in context:
                _shorten_in(context, "ip", keep)
            if "geo" in context and type(context["geo"]) is dict:
                _shorten_in(context["geo"], "ip", keep)
        for name in _ADDRESSES:
            if name in event:
                _shorten_in(event, name, keep)

    return shorten


def _shorten_in(found: dict[str, Any], name: str, keep: Callable[[str], str]) -> None:
    value = found.get(name)
    if value is None or value == "":
        return
    short = keep(value) if isinstance(value, str) else ""
    if short:
        found[name] = short
    else:
        del found[name]


def _nothing(address: str) -> str:
    return ""
