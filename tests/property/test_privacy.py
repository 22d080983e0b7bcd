"""The rules against any JSON: they never raise, nothing planted survives, twice is once."""

from __future__ import annotations

import copy
import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mainstem.events import Sending
from mainstem.privacy import BUILT_IN, PseudonymKeys, compile_rules, is_pseudonym, pseudonym, pseudonyms
from mainstem.privacy.prefilter import is_suspicious
from mainstem.privacy.profiles import Profile
from mainstem.privacy.text import Redaction
from mainstem.testing.share import share_of

KEYS = PseudonymKeys("k1", {"k1": b"1" * 32})
PLANTED = {
    "email": ("ana.planted@shop.example", "ana.planted+x@mail.example.co.uk"),
    "phone": ("+49 170 9988776", "+1 (202) 555-0143", "555-867-5309", "(555) 867-5309", "030 99887766"),
    "card": ("4111111111111111", "4111 1111 1111 1111", "4111-1111-1111-1111", "3782 822463 10005"),
    "token": ("ghp_" + "aB3dE5gH" * 5, "AKIA" + "IOSFODNN7EXAMPLE"),
}
DETECTORS_ONLY = Profile("detectors", detectors=dict.fromkeys(PLANTED, "mask"))  # type: ignore[arg-type] # the keys are the detectors' names

names = st.sampled_from(
    ["context", "properties", "traits", "page", "url", "userId", "messageId", "event", "name", "products",
     "title",
     "search", "email", "phone", "ip", "campaign", "integrations", "a.b", "", "Ü", "_", "timestamp"]
) | st.text(max_size=6)  # fmt: skip
leaves = (
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) 
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
)  # fmt: skip
anything = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4),
    max_leaves=12,
)
events = st.dictionaries(names, anything, max_size=6)
planted = st.sampled_from([text for texts in PLANTED.values() for text in texts])
around = st.sampled_from(["", "x", " ", "Größe ", "(", "?q=", "https://shop.example/a/", "&a=1;", "🙂", ": "])
after = st.sampled_from(["", "x", " ", "/more", "&b=2", "#end", ")", " Größe", "🙂", ", "])


def spellings(text: str) -> st.SearchStrategy[str]:
    return st.sampled_from([text, quote(text, safe=""), quote(quote(text, safe=""), safe="")])


plants = planted.flatmap(lambda secret: st.tuples(st.just(secret), spellings(secret)))


def sending() -> Sending:
    return Sending("203.0.113.7", "2026-01-02T03:04:05.678Z", {})


def kept(profile: Profile, event: dict[str, Any], keys: PseudonymKeys | None = None) -> dict[str, Any]:
    rules = compile_rules(profile, keys)
    assert rules.step is not None
    found = copy.deepcopy(event)
    assert rules.step(found, sending()) is None
    return found


def put(value: Any, at: list[int], leaf: Any, as_key: bool) -> Any:
    """`value` with `leaf` somewhere inside it, led there by `at`."""
    if at and isinstance(value, dict) and value:
        name = sorted(value)[at[0] % len(value)]
        return {**value, name: put(value[name], at[1:], leaf, as_key)}
    if at and isinstance(value, list) and value:
        index = at[0] % len(value)
        return [*value[:index], put(value[index], at[1:], leaf, as_key), *value[index + 1 :]]
    return {leaf: 1} if as_key else leaf


@given(events)
def test_rules_never_raise_and_leave_an_object(event: dict[str, Any]) -> None:
    for profile in (BUILT_IN["product"], DETECTORS_ONLY):
        json.dumps(kept(profile, event))


@given(anything)
def test_a_scrub_takes_any_json(value: Any) -> None:
    scrub = compile_rules(BUILT_IN["product"], KEYS).scrub
    assert scrub is not None
    json.dumps(scrub(copy.deepcopy(value), Sending("", "", {})))


@settings(max_examples=share_of(400))
@given(
    events, st.lists(st.integers(0, 5), max_size=5), plants,
    around, after, st.booleans(), st.sampled_from([None, KEYS]),
)  # fmt: skip
def test_nothing_planted_survives_wherever_it_was(
    event: dict[str, Any],
    at: list[int],
    plant: tuple[str, str],
    before: str,
    behind: str,
    as_key: bool,
    keys: Any,
) -> None:
    secret, spelt = plant
    if secret in PLANTED["token"]:  # a letter more, and it is another word
        before, behind = before.removesuffix("x"), behind.removeprefix("x")
    found = put(event, at, before + spelt + behind, as_key)
    event = found if isinstance(found, dict) else {"properties": {"title": found}}
    for profile in (BUILT_IN["product"], DETECTORS_ONLY):
        written = json.dumps(kept(profile, event, keys), ensure_ascii=False)
        assert spelt not in written
        assert secret not in written
        assert secret.split("@")[0] not in written


@given(events, st.lists(st.integers(0, 5), max_size=4), planted, around)
def test_twice_is_once(event: dict[str, Any], at: list[int], secret: str, before: str) -> None:
    found = put(event, at, before + secret, False)
    event = found if isinstance(found, dict) else {"properties": {"title": found}}
    for profile in (BUILT_IN["product"], DETECTORS_ONLY):
        rules = compile_rules(profile, KEYS)
        assert rules.step is not None
        rules.step(event, sending())
        again = copy.deepcopy(event)
        rules.step(again, sending())
        assert again == event


@settings(max_examples=share_of(300))
@given(events, st.lists(st.integers(0, 5), max_size=4), planted | st.text(), st.booleans())
def test_what_the_prefilter_calls_harmless_holds_nothing(
    event: dict[str, Any], at: list[int], secret: str, as_key: bool
) -> None:
    event = put(event, at, secret, as_key)
    if is_suspicious(event):
        return
    redaction = Redaction(dict.fromkeys(PLANTED, "mask"))  # type: ignore[arg-type] # the keys are the detectors' names
    assert all(redaction.clean(text) == text for text in texts(event))


_GROUPS = st.sampled_from(
    ["0", "02", "030", "1234", "555", "4111", "99887766", "123456", "2026", "12345678901234"]
)
_NEARLY_NUMBERS = st.lists(st.tuples(_GROUPS, st.sampled_from(["", "-", " ", "/", ".", "(", ") ", '","'])))


@settings(max_examples=share_of(500))
@given(st.lists(_NEARLY_NUMBERS | st.just([]), min_size=1, max_size=3))
def test_no_number_hides_from_the_prefilter_among_groups_of_digits(
    written: list[list[tuple[str, str]]],
) -> None:
    found = ["".join(group + sign for group, sign in one) for one in written]
    if is_suspicious(found):
        return
    redaction = Redaction(dict.fromkeys(PLANTED, "mask"))  # type: ignore[arg-type] # the keys are the detectors' names
    assert all(redaction.clean(text) == text for text in found)


@pytest.mark.parametrize(
    "text",
    [
        "123456 0301 23456789",
        "1234567 030 99887766",
        "99887766-4111-1111-1111-1111",
        "000000 0301 23456789",
        "0" * 13 + " 4111111111111111",
    ],
)
def test_a_number_behind_a_longer_one_is_seen(text: str) -> None:
    assert is_suspicious([text])


def texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [*value, *(text for inner in value.values() for text in texts(inner))]
    if isinstance(value, list):
        return [text for inner in value for text in texts(inner)]
    return [value] if isinstance(value, str) else []


@given(st.text(), st.binary(min_size=16, max_size=32), st.binary(min_size=16, max_size=32))
def test_a_pseudonym_is_stable_and_found_under_every_key(value: str, old: bytes, new: bytes) -> None:
    before = PseudonymKeys("k1", {"k1": old})
    after_rotation = PseudonymKeys("k2", {"k1": old, "k2": new})
    made = pseudonym(before, value)
    assert is_pseudonym(made)
    assert pseudonym(before, made) == made
    if not is_pseudonym(value):
        assert pseudonyms(after_rotation, value) == {"k1": made, "k2": pseudonym(after_rotation, value)}
