"""The short way of known forms against the steps one by one: same records, verdicts, counts, catalogue."""

from __future__ import annotations

import copy
import json
import re
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from mainstem.collect import Accepted, Answers, CompiledSource, Handler, Request, SourceTable, compile_plainly
from mainstem.collect.known_forms import MOST_FORMS
from mainstem.collect.replies import OK
from mainstem.collect.sources import basic_authorization
from mainstem.collect.usual_texts import LONGEST, MOST_TEXTS, WATCHED, UsualTexts
from mainstem.events import Scrub, Source, Step, Verdict, decode_quarantined, decode_received
from mainstem.events.form import Form, Promise
from mainstem.privacy import (
    BUILT_IN,
    ConsentSettings,
    ProfileSettings,
    PseudonymKeys,
    compile_rules,
    consent_step,
    resolve_profile,
    suppression_step,
)
from mainstem.privacy.profiles import Profile
from mainstem.testing.share import share_of
from mainstem.tracking import Budgets, Plan, PlannedEvent, PropertyRule, TrackingStep
from mainstem.tracking.plan import planned_names

DIGEST = re.compile(r"[0-9a-f]{32}")
KEYS = PseudonymKeys("k1", {"k1": b"1" * 32})
HEADERS = {b"authorization": basic_authorization("WK")}
AT = "2026-01-02T03:04:05.678Z"
PLAN = Plan(
    "website",
    events=(
        PlannedEvent(
            "Order Completed",
            properties={
                "plan": PropertyRule(("string",), enum=("free", "team")),
                "price": PropertyRule(("number",)),
                "code": PropertyRule(("string",), pattern="^[a-f]"),
                "at": PropertyRule(("datetime",)),
                "tags": PropertyRule(("array",), items=PropertyRule(("string",))),
                "note": PropertyRule(("string",), required=True),
            },
        ),
        PlannedEvent("Sampled", sample_rate=0.5, sample_by="message"),
        PlannedEvent("Strict", unplanned_properties="quarantine", properties={"plan": PropertyRule()}),
        PlannedEvent("Home", "page"),
        PlannedEvent(type="identify", properties={"plan": PropertyRule(("string",))}),
    ),
)
MINE = {
    "mine": ProfileSettings(
        extends="product", properties=("contact",), exempt=("properties.contact",), mask=("properties.code",)
    ),
    "none of it": ProfileSettings(detectors=("email", "phone", "card", "token"), ip="remove"),
    "consents": ProfileSettings(consent=ConsentSettings(required=("analytics",)), ip="truncate"),
}
PROFILES = [BUILT_IN["product"], *(resolve_profile(name, MINE) for name in MINE)]

SUSPECT = (
    "ana.planted@shop.example", "+49 170 9988776", "555-867-5309", "4111 1111 1111 1111", "4111111111111111",
    "ghp_" + "aB3dE5gH" * 5, "ana%40shop.example", "Kraków", "?a=1&email=x", "1.2.3.4", "", " ", "suppressed",
    "free", "abc", "2026-01-02T03:04:05Z", "Order Completed", "x" * 200,
    "ａna＠shop．example", "\ud83d\ude42",
)  # fmt: skip
TEXTS = st.sampled_from(SUSPECT) | st.text(max_size=12).filter(lambda text: text.isprintable())
NUMBERS = st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)
SCALARS = TEXTS | NUMBERS | st.sampled_from([None, True, False, 1, 1.0, 2.5, 4111111111111111, 10**11])
VALUES = (
    SCALARS
    | st.lists(SCALARS, max_size=2)
    | st.dictionaries(st.sampled_from(["a", "id"]), SCALARS, max_size=2)
)
BASE: dict[str, Any] = {
    "type": "track",
    "event": "Order Completed",
    "messageId": "m-1",
    "userId": "",
    "anonymousId": "anon-1",
    "originalTimestamp": AT,
    "context": {
        "ip": "203.0.113.77",
        "page": {"title": "Docs", "url": "https://shop.example/docs"},
        "library": {"name": "js"},
        "traits": {},
        "screen": {"width": 10, "density": 1.5},
    },
    "properties": {
        "plan": "free", "price": 2.5, "code": "abc", "at": AT, "tags": ["new"], "note": "n", "quantity": 1,
    },
}  # fmt: skip
PLACES: list[tuple[str, ...]] = [
    ("type",), ("event",), ("messageId",), ("userId",), ("anonymousId",), ("originalTimestamp",),
    ("context",), ("context", "ip"), ("context", "page", "title"), ("context", "page", "url"),
    ("context", "library"),
    ("context", "traits"), ("context", "traits", "email"), ("context", "violationErrors"),
    ("context", "trackingPlanId"),
    ("context", "screen", "width"), ("context", "screen", "density"), ("properties",), ("properties", "plan"),
    ("properties", "price"), ("properties", "code"), ("properties", "at"), ("properties", "tags"),
    ("properties", "note"), ("properties", "quantity"), ("properties", "contact"), ("properties", "phone"),
    ("properties", "ana@shop.example"), ("properties", 'a"b'), ("request_ip",), ("integrations",),
]  # fmt: skip
CHANGES = st.tuples(st.sampled_from(PLACES), st.just("gone") | VALUES)
NAMES = st.sampled_from(["Order Completed", "Sampled", "Strict", "Never Planned", "Other"])


def changed(event: dict[str, Any], changes: list[tuple[tuple[str, ...], Any]], name: str) -> dict[str, Any]:
    event = copy.deepcopy({**event, "event": name})
    for path, value in changes:
        at = event
        for key in path[:-1]:
            inner = at.get(key)
            if not isinstance(inner, dict):
                inner = at[key] = {}
            at = inner
        if value == "gone":
            at.pop(path[-1], None)
        else:
            at[path[-1]] = value
    return event


def gateway(steps: list[Step], scrub: Scrub | None) -> tuple[Handler, CompiledSource]:
    def compiler(source: Source) -> CompiledSource:
        return msgspec.structs.replace(compile_plainly(source), steps=tuple(steps), scrub=scrub)

    table = SourceTable([Source("web", "Website", ("WK",))], compiler)
    handler = Handler(
        table,
        max_body_bytes=1_000_000,
        max_batch_events=100,
        strict=False,
        new_message_id=lambda: "made",
        other_routes=Answers(None, "", lambda: OK).routes,
    )
    return handler, table.compiled[0]


def steps_of(number: int, plan: Plan | None) -> tuple[list[Step], Scrub | None, TrackingStep]:
    profile = PROFILES[number]
    rules = compile_rules(profile, None if number % 2 else KEYS, planned_names(plan) if plan else ())
    tracking = TrackingStep("web", plan, Budgets(events=3, properties=14))
    steps = [
        suppression_step(frozenset({"suppressed", "gone@shop.example"}), KEYS),
        consent_step(profile.consent, profile.name),
        tracking,
        rules.step,
    ]
    return [step for step in steps if step is not None], rules.scrub, tracking


def silent(step: Step) -> Step:
    """The same step without the power to promise."""

    def plain(event: dict[str, Any], sending: Any) -> Verdict:
        return step(event, sending)

    return plain


def told(outcome: Any) -> Any:
    if not isinstance(outcome, Accepted):
        return outcome
    records, held = map(decode_received, outcome.records), map(decode_quarantined, outcome.quarantined)
    return (
        [(r.received_at, r.request_ip, r.type, r.message_id, kept_event(r.event)) for r in records],
        [(h.request_ip, h.reason, kept_event(h.event)) for h in held],
    )


def kept_event(event: msgspec.Raw) -> Any:
    """Without a key the digest of a message's id is made with a salt of the rules' own."""
    found = json.loads(bytes(event))
    if isinstance(found, dict) and DIGEST.fullmatch(str(found.get("messageId"))):
        found["messageId"] = "a digest"
    return found


def seen(step: TrackingStep) -> Any:
    events = step.fold().events
    return {
        key: (
            event.count,
            event.last_seen,
            {path: (p.types, p.count) for path, p in event.properties.items()},
        )
        for key, event in events.items()
    }


@settings(max_examples=share_of(100), deadline=None)
@given(
    st.lists(st.tuples(NAMES, st.lists(CHANGES, max_size=3), st.booleans()), min_size=1, max_size=6),
    st.integers(0, len(PROFILES) - 1),
    st.booleans(),
    st.sampled_from([{}, {b"sec-gpc": b"1"}]),
)
def test_the_short_way_comes_to_what_the_steps_come_to(
    sent: list[tuple[str, list[tuple[tuple[str, ...], Any]], bool]],
    profile: int,
    planned: bool,
    headers: dict[bytes, bytes],
) -> None:
    steps, scrub, tracking = steps_of(profile, PLAN if planned else None)
    short, short_source = gateway(steps, scrub)
    steps, scrub, long_tracking = steps_of(profile, PLAN if planned else None)
    long, long_source = gateway([silent(step) for step in steps], scrub)
    assert (short_source.forms is None, long_source.forms) == (False, None)
    # So many that what is usual in them is found; each odd one before its form is known, and after.
    usual = {"batch": [changed(BASE, [], sent[0][0])] * WATCHED + [changed(BASE, [], sent[0][0])]}
    request = Request(b"POST", b"/v1/batch", b"", HEADERS, json.dumps(usual).encode(), "203.0.113.7", AT)
    assert told(short.handle(request)) == told(long.handle(request))
    events = [(changed(BASE, changes, name), single) for name, changes, single in sent]
    known = [(changed(BASE, [], name), single) for name, _, single in sent]
    for number, (event, single) in enumerate([*known, *events, *events, *known]):
        item = json.dumps(event).encode()
        path, body = ("/v1/track", item) if single else ("/v1/batch", b'{"batch":[%s]}' % item)
        own = {**HEADERS, **(headers if number % 2 else {})}
        request = Request(b"POST", path.encode(), b"", own, body, "203.0.113.7", AT)
        assert told(short.handle(request)) == told(long.handle(request))
    assert short_source.counts == long_source.counts
    assert seen(tracking) == seen(long_tracking)


@settings(max_examples=share_of(60), deadline=None)
@given(
    st.lists(st.tuples(NAMES, st.lists(CHANGES, max_size=2)), min_size=1, max_size=20),
    st.integers(0, len(PROFILES) - 1),
    st.booleans(),
    st.sampled_from([{}, {b"sec-gpc": b"1"}]),
)
def test_events_judged_together_come_to_what_each_comes_to_alone(
    sent: list[tuple[str, list[tuple[tuple[str, ...], Any]]]],
    profile: int,
    planned: bool,
    headers: dict[bytes, bytes],
) -> None:
    steps, scrub, tracking = steps_of(profile, PLAN if planned else None)
    short, short_source = gateway(steps, scrub)
    steps, scrub, long_tracking = steps_of(profile, PLAN if planned else None)
    long, long_source = gateway([silent(step) for step in steps], scrub)
    events = [changed(BASE, changes, name) for name, changes in sent]
    # Plain ones between them, as many as come before it is found what is usual.
    plain = [changed(BASE, [(("messageId",), f"m-{number}")], sent[0][0]) for number in range(WATCHED)]
    mixed = [event for pair in zip(plain, events, strict=False) for event in pair]
    for batch, own in ((plain, {}), (mixed, {}), (mixed, headers), (events, {})):
        body = json.dumps({"batch": batch}).encode()
        request = Request(b"POST", b"/v1/batch", b"", {**HEADERS, **own}, body, "203.0.113.77", AT)
        assert told(short.handle(request)) == told(long.handle(request))
    assert short_source.counts == long_source.counts
    assert seen(tracking) == seen(long_tracking)


class Watching:
    """A step that records who comes the long way."""

    def __init__(self) -> None:
        self.walked: list[dict[str, Any]] = []

    def __call__(self, event: dict[str, Any], sending: Any) -> None:
        self.walked.append(event)

    def promise(self, form: Form) -> Promise:
        return Promise()


class Posting:
    """A gateway with the rules of `product`, to post events to."""

    def __init__(self) -> None:
        self.watching = Watching()
        steps, scrub, _ = steps_of(0, PLAN)
        self.handler, self.source = gateway([self.watching, *steps], scrub)

    def post(self, event: dict[str, Any] | bytes, **headers: bytes) -> dict[str, Any] | None:
        """The event as it is kept; None where it is not accepted."""
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        own = {**HEADERS, **{name.replace("_", "-").encode(): value for name, value in headers.items()}}
        outcome = self.handler.handle(Request(b"POST", b"/v1/track", b"", own, body, "203.0.113.7", AT))
        assert isinstance(outcome, Accepted)
        (kept,) = [json.loads(bytes(decode_received(r).event)) for r in outcome.records] or [None]
        return kept  # type: ignore[no-any-return] # JSON

    @property
    def long_ways(self) -> int:
        return len(self.watching.walked)


def test_a_plain_event_takes_the_short_way_once_its_form_is_known() -> None:
    door = Posting()
    for number in range(3 * WATCHED):
        kept = door.post(changed(BASE, [(("messageId",), f"m-{number}")], "Order Completed"))
        assert kept is not None
        assert (kept["context"]["ip"], kept["context"]["trackingPlanId"]) == ("203.0.113.0", "website")
    assert door.long_ways == 1


def test_many_events_of_a_batch_take_the_short_way_and_one_that_is_odd_does_not() -> None:
    door = Posting()
    odd = changed(BASE, [(("properties", "note"), SUSPECT[0])], "Order Completed")
    for _ in range(3):
        batch = [changed(BASE, [(("messageId",), f"m-{n}")], "Order Completed") for n in range(50)]
        body = json.dumps({"batch": [*batch[:20], odd, *batch[20:]]}).encode()
        outcome = door.handler.handle(Request(b"POST", b"/v1/batch", b"", HEADERS, body, "203.0.113.7", AT))
        assert isinstance(outcome, Accepted)
        kept = [json.loads(bytes(decode_received(record).event)) for record in outcome.records]
        assert [event["messageId"] for event in kept] == [
            *(f"m-{n}" for n in range(20)), "m-1", *(f"m-{n}" for n in range(20, 50))
        ]  # fmt: skip
        assert SUSPECT[0] not in json.dumps(kept)
    assert door.long_ways == 1 + 3  # the first of all, from which the form is learnt, and the odd ones


LEAVES = [
    ("messageId",), ("userId",), ("anonymousId",), ("originalTimestamp",), ("context", "page", "title"),
    ("context", "page", "url"), ("context", "library", "name"), ("properties", "plan"),
    ("properties", "code"),
    ("properties", "at"), ("properties", "note"),
]  # fmt: skip
PLANTED = [text for text in SUSPECT[:7] if "x" not in text and "%" not in text]


@settings(max_examples=share_of(60), deadline=None)
@given(st.sampled_from(LEAVES), st.sampled_from(PLANTED), st.sampled_from(["", "to ", "(", "Größe "]))
def test_nothing_planted_survives_where_plain_texts_usually_stand(
    path: tuple[str, ...], secret: str, before: str
) -> None:
    for warm in (1, WATCHED + 2):
        door = Posting()
        for _ in range(warm):
            assert door.post(BASE) is not None
        assert secret not in json.dumps(
            door.post(changed(BASE, [(path, before + secret)], "Order Completed"))
        )
        assert door.long_ways == 2


@settings(max_examples=share_of(100), deadline=None)
@given(
    st.dictionaries(st.text(max_size=5), VALUES | st.dictionaries(st.text(max_size=5), SCALARS), max_size=5),
    st.sampled_from(["properties", "context", "traits"]),
)
def test_any_names_come_to_what_the_steps_come_to(named: dict[str, Any], section: str) -> None:
    open_rules = compile_rules(Profile("open", detectors={"email": "mask", "phone": "mask"}), None)
    assert open_rules.step is not None
    tracking = TrackingStep("web", PLAN)
    short, _ = gateway([tracking, open_rules.step], open_rules.scrub)
    long, _ = gateway([silent(TrackingStep("web", PLAN)), silent(open_rules.step)], open_rules.scrub)
    event = {**BASE, "event": "Other", "context": {}, section: named, "more": named}
    for _ in range(3):
        body = json.dumps(event).encode()
        request = Request(b"POST", b"/v1/track", b"", HEADERS, body, "203.0.113.7", AT)
        assert told(short.handle(request)) == told(long.handle(request))


def test_of_a_key_that_comes_twice_only_the_judged_value_is_kept() -> None:
    door = Posting()
    door.post(BASE)
    twice = json.dumps(BASE).replace('"title"', '"title": "ana@shop.example", "title"').encode()
    kept = door.post(twice)
    assert kept is not None
    assert kept["context"]["page"]["title"] == "Docs"
    assert door.long_ways == 1


def test_a_number_too_large_or_of_another_kind_goes_the_long_way() -> None:
    door = Posting()
    door.post(BASE)
    for number, value in enumerate((4111111111111111, 1.5, True, None, "1"), 2):
        door.post(changed(BASE, [(("properties", "quantity"), value)], "Order Completed"))
        assert door.long_ways == number


def test_a_browser_that_says_no_goes_the_long_way() -> None:
    door = Posting()
    door.post(BASE)
    kept = door.post(BASE, sec_gpc=b"1")
    assert kept is not None
    assert (kept["anonymousId"], door.long_ways) == ("anonymised", 2)


def test_a_batch_of_a_browser_that_says_no_goes_the_long_way() -> None:
    door = Posting()
    body = json.dumps({"batch": [BASE] * 5}).encode()
    for headers, person in (({}, "anon-1"), ({b"sec-gpc": b"1"}, "anonymised"), ({}, "anon-1")):
        own = {**HEADERS, **headers}
        outcome = door.handler.handle(Request(b"POST", b"/v1/batch", b"", own, body, "203.0.113.7", AT))
        assert isinstance(outcome, Accepted)
        kept = [json.loads(bytes(decode_received(record).event)) for record in outcome.records]
        assert {event["anonymousId"] for event in kept} == {person}
    assert door.long_ways == 1 + 5


def test_forms_are_remembered_up_to_a_limit() -> None:
    door = Posting()
    for number in range(MOST_FORMS + 20):
        door.post({**BASE, "context": {}, "type": "track", f"f{number}": 1})
    assert door.source.forms is not None
    assert len(door.source.forms) == MOST_FORMS


def test_each_of_many_forms_takes_the_short_way() -> None:
    door = Posting()
    forms = [changed(BASE, [(("properties", f"n{number % 5}"), number)], "Other") for number in range(5)]
    forms += [changed(one, [(("properties", "more"), True)], "Other") for one in forms]
    for event in forms * 3:
        assert door.post(event) is not None
    assert door.long_ways == len(forms)


def test_texts_are_usual_where_there_are_few_of_them() -> None:
    few, many = ("few",), ("many",)
    texts = UsualTexts([few, many])
    told = [texts.watch((f"f{number % 3}", f"m{number}")) for number in range(WATCHED)]
    assert (told.count(True), told[-1]) == (1, True)
    assert texts.usual() == {few: ("f0", "f1", "f2")}
    assert MOST_TEXTS < WATCHED


def test_no_text_is_usual_where_one_is_long() -> None:
    short, long = ("short",), ("long",)
    texts = UsualTexts([short, long])
    for number in range(WATCHED):
        texts.watch(("a", "x" * (LONGEST + number % 2)))
    assert texts.usual() == {short: ("a",)}


def test_what_is_usual_is_looked_for_anew_only_a_few_times() -> None:
    texts = UsualTexts([("a",)])
    looks = 0
    for _ in range(100_000):
        if texts.is_watching:
            looks += texts.watch(("x",))
        else:
            texts.tell_other()
    assert looks == 8
