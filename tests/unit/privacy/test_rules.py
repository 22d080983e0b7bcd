from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest

from mainstem.events import Held, Sending
from mainstem.privacy import (
    BUILT_IN,
    ProfileSettings,
    PseudonymKeys,
    compile_rules,
    pseudonym,
    resolve_profile,
)
from mainstem.privacy.settings import ConsentSettings

if TYPE_CHECKING:
    from mainstem.privacy import Profile

KEYS = PseudonymKeys("k1", {"k1": b"0123456789abcdef"})


def sending(ip: str = "203.0.113.7") -> Sending:
    return Sending(ip, "2026-01-02T03:04:05.678Z", {})


def made_private(
    profile: Profile, event: dict[str, Any], keys: PseudonymKeys | None = KEYS
) -> dict[str, Any]:
    step = compile_rules(profile, keys).step
    assert step is not None
    found = copy.deepcopy(event)
    step(found, sending())
    return found


def profile(**settings: Any) -> Profile:
    return resolve_profile("mine", {"mine": ProfileSettings(**settings)})


def product(**settings: Any) -> Profile:
    return profile(extends="product", **settings)


def test_none_does_nothing_at_all() -> None:
    rules = compile_rules(BUILT_IN["none"], None)
    assert (rules.step, rules.scrub) == (None, None)


def test_product_lets_listed_names_numbers_and_switches_through_and_says_what_it_took() -> None:
    event = {
        "type": "track", "event": "Order Completed", "userId": "u1",
        "properties": {
            "order_id": "o-1", "orderId": "o-1", "seats": 12, "is_trial": True, "gone": None, "empty": "",
            "comment": "call me, Ana", "products": [{"sku": "s", "price": 1.5, "engraving": "for Ana"}],
            "latitude": 52.52, "tags": ["a"], "counts": [1, 2],
        },
        "favourite": "colour",
    }  # fmt: skip
    found = made_private(BUILT_IN["product"], event)
    assert found["properties"] == {
        "order_id": "o-1", "orderId": "o-1", "seats": 12, "is_trial": True, "gone": None, "empty": "",
        "products": [{"sku": "s", "price": 1.5}], "counts": [1, 2],
    }  # fmt: skip
    report = found["context"]["privacy"]
    assert report["profile"] == "product"
    assert sorted(report["removed"]) == [
        "favourite", "properties.comment", "properties.latitude", "properties.products.*.engraving",
        "properties.tags",
    ]  # fmt: skip


def test_an_event_that_no_rule_touched_says_nothing() -> None:
    event = {"type": "page", "name": "Home", "anonymousId": "a", "context": {"locale": "en"}}
    assert made_private(BUILT_IN["product"], event) == event


def test_a_note_holds_names_and_never_a_value_or_a_name_that_is_somebodys() -> None:
    event = {"properties": {"ana@shop.example": "x", "note": "ana@shop.example", "+49 170 9988776": "y"}}
    written = json.dumps(made_private(BUILT_IN["product"], event)["context"]["privacy"])
    assert json.loads(written) == {"profile": "product", "removed": ["properties.*", "properties.note"]}


def test_notes_are_bounded_and_count_what_is_over() -> None:
    event = {"properties": {f"text_{letter * 3}": "x" for letter in "abcdefghijklmnopqrstuvwxyz"}}
    report = made_private(BUILT_IN["product"], event)["context"]["privacy"]
    assert (len(report["removed"]), report["more"]) == (20, 6)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("https://shop.example/?email=ana%40shop.example&utm_source=x", "https://shop.example/?email=[email]&utm_source=x"),
        ("https://ana:hunter2@shop.example/a", "https://shop.example/a"),
        ("https://ana@shop.example/a", "https://shop.example/a"),
        ("/users/ana@shop.example/orders", "/users/[email]/orders"),
        ("/users/ana%40shop.example/orders", "/users/[email]/orders"),
        ("?q=mail+ana%2540shop.example", "?q=[email]"),
        ("#access_token=abc&state=1", "#access_token=[token]&state=1"),
        ("/sign-in?user[password]=hunter2&a=1", "/sign-in?user[password]=[token]&a=1"),
        ("/sign-in?user%5Bpassword%5D=hunter2", "/sign-in?user%5Bpassword%5D=[token]"),
        ("?password=hunter2", "?password=[token]"),
        ("/call/%2B49%20170%209988776", "/call/[phone]"),
        ("?phone=491709988776", "?phone=[phone]"),
        ("?page=2&sort=price", "?page=2&sort=price"),
        ("/größe?q=übung", "/größe?q=übung"),
        ("/gr%C3%B6%C3%9Fe", "/gr%C3%B6%C3%9Fe"),
        ("ana＠shop．example", "[email]"),
        ("card ４１１１ １１１１ １１１１ １１１１ ok", "card [card] ok"),
    ],
)  # fmt: skip
def test_urls_are_cleaned_where_it_is_and_otherwise_left_as_they_are(value: str, expected: str) -> None:
    found = made_private(BUILT_IN["product"], {"context": {"page": {"url": value}}})
    assert found["context"]["page"]["url"] == expected


def test_a_number_that_is_a_cards_goes_and_others_stay() -> None:
    event = {
        "properties": {
            "a": 4111111111111111,
            "b": 1795388122896,
            "c": 4.5,
            "d": -4111111111111111,
            "e": 10**18,
        }
    }
    assert made_private(BUILT_IN["product"], event)["properties"] == {
        "b": 1795388122896,
        "c": 4.5,
        "e": 10**18,
    }


def test_an_id_that_is_an_address_becomes_a_pseudonym_that_still_joins() -> None:
    event = {"userId": "Ana@Shop.example ", "anonymousId": "a-1", "messageId": "m"}
    found = made_private(BUILT_IN["product"], event)
    assert found["userId"] == pseudonym(KEYS, "ana@shop.example")
    assert found["context"]["privacy"]["pseudonymised"] == ["userId"]


def test_without_a_key_such_an_id_goes_and_repeated_messages_stay_one() -> None:
    rules = compile_rules(BUILT_IN["product"], None)
    assert rules.step is not None
    found = [{"userId": "ana@shop.example", "messageId": "ana@shop.example-1"} for _ in range(2)]
    for event in found:
        rules.step(event, sending())
    assert "userId" not in found[0]
    assert found[0]["messageId"] == found[1]["messageId"] != "ana@shop.example-1"


@pytest.mark.parametrize(
    ("rule", "address", "expected"),
    [
        ("keep", "203.0.113.7", "203.0.113.7"),
        ("truncate", "203.0.113.7", "203.0.113.0"),
        ("truncate", "2001:db8:1:2:3::4", "2001:db8:1::"),
        ("truncate", "::ffff:203.0.113.7", "203.0.113.0"),
        ("truncate", "203.0.113.7, 10.0.0.1", None),
        ("remove", "203.0.113.7", None),
    ],
)
def test_addresses_are_shortened_in_the_event_and_beside_it(
    rule: Any, address: str, expected: str | None
) -> None:
    step = compile_rules(profile(ip=rule, drop=("properties.nothing",)), None).step
    assert step is not None
    event: dict[str, Any] = {"request_ip": address, "context": {"ip": address, "geo": {"ip": address}}}
    beside = sending(address)
    step(event, beside)
    assert [event.get("request_ip"), event["context"].get("ip"), event["context"]["geo"].get("ip")] == [
        expected
    ] * 3
    assert beside.request_ip == (expected or "")


def test_rules_by_path_drop_mask_hash_and_pseudonymise_however_a_name_is_spelt() -> None:
    rules = profile(
        drop=("properties.note", "**.ssn"), mask=("traits.title",), hash=("properties.seat",),
        pseudonymise=("traits.email", "properties.items.*.owner"),
    )  # fmt: skip
    event = {
        "traits": {"Email": "ana@shop.example", "title": "Dr", "SSN": 1},
        "context": {"traits": {"email": "ana@shop.example"}},
        "properties": {
            "Note": "x", "seat": "12a", "deep": {"s_s_n": "1"}, "items": [{"owner": "u1"}, {"owner": None}],
        },
    }  # fmt: skip
    found = made_private(rules, event)
    mail = pseudonym(KEYS, "ana@shop.example")
    assert found["traits"] == {"Email": mail, "title": "[masked]"}
    assert found["context"]["traits"] == {"email": mail}
    assert found["properties"].pop("seat").startswith("h1:")
    assert found["properties"] == {"deep": {}, "items": [{"owner": pseudonym(KEYS, "u1")}, {"owner": None}]}


def test_a_hash_joins_with_nothing_else() -> None:
    found = made_private(profile(hash=("properties.a", "properties.b")), {"properties": {"a": "x", "b": "x"}})
    assert found["properties"]["a"] != found["properties"]["b"]


@pytest.mark.parametrize("name", ["userId", "anonymousId"])
def test_an_id_that_is_an_object_is_one_value_however_it_is_ordered(name: str) -> None:
    event = {"type": "track", "event": "Opened", name: {"type": "track", "a": [1]}}
    other = {"type": "track", "event": "Opened", name: {"a": [1], "type": "track"}}
    kept = made_private(product(), event)
    assert kept[name] == made_private(product(), other)[name] == pseudonym(KEYS, '{"a":[1],"type":"track"}')
    assert kept["context"]["privacy"]["pseudonymised"] == [name]
    assert made_private(product(), event, None)[name] == '{"a":[1],"type":"track"}'


def test_a_message_id_that_is_an_object_stays_one_for_its_event_whatever_is_in_it() -> None:
    first, second = ({"userId": "u", "messageId": {"of": f"{name}@shop.example"}} for name in ("zoe", "ana"))
    step = compile_rules(product(), None).step
    assert step is not None
    kept = [copy.deepcopy(event) for event in (first, second, first)]
    for event in kept:
        step(event, sending())
    ids = [event["messageId"] for event in kept]
    assert ids[0] == ids[2] != ids[1]
    assert not any("@" in one for one in ids)


@pytest.mark.parametrize("path", ["messageId", "message_id", "type", "*", "**.messageId"])
@pytest.mark.parametrize("setting", ["drop", "mask"])
def test_what_tells_events_apart_cannot_be_taken_away(setting: str, path: str) -> None:
    with pytest.raises(ValueError, match="told apart"):
        profile(**{setting: (path,)})
    profile(**{setting: ("properties.type", "**.note", "userId")})


def test_user_ids_can_be_pseudonyms_throughout() -> None:
    event = {"userId": "u1", "previousId": "u0", "anonymousId": "a", "context": {"traits": {"id": "u1"}}}
    found = made_private(profile(user_id="pseudonymise"), event)
    assert found["userId"] == found["context"]["traits"]["id"] == pseudonym(KEYS, "u1")
    assert found["anonymousId"] == "a"


def test_a_profile_adds_to_the_one_it_extends() -> None:
    mine = product(properties=("comment", "seller.**"), detectors={"email": "pseudonymise", "token": "keep"})
    event = {
        "properties": {"comment": "ana@shop.example", "seller": {"any": "thing"}, "other": "x", "plan": "p"}
    }
    assert made_private(mine, event)["properties"] == {
        "comment": pseudonym(KEYS, "ana@shop.example"), "seller": {"any": "thing"}, "plan": "p",
    }  # fmt: skip


def test_names_of_a_tracking_plan_pass_as_listed_ones_do() -> None:
    rules = compile_rules(
        BUILT_IN["product"], KEYS, {"properties.colour", "properties.size.eu", "properties.odd..name"}
    )
    assert rules.step is not None
    event = {"properties": {"colour": "red", "size": {"eu": "44", "note": "x"}, "shape": "round"}}
    rules.step(event, sending())
    assert event["properties"] == {"colour": "red", "size": {"eu": "44"}}


def test_what_a_detector_finds_can_be_dropped_and_a_path_exempted() -> None:
    mine = profile(detectors={"email": "drop"}, exempt=("traits.contact",))
    event = {"traits": {"contact": "ana@shop.example", "other": "to ana@shop.example", "email": "x"}}
    assert made_private(mine, event)["traits"] == {"contact": "ana@shop.example"}


def test_values_under_telling_names_are_masked_whatever_they_look_like() -> None:
    event = {
        "properties": {
            "password": "hunter2",
            "phone_number": 491709988776,
            "email": True,
            "tokens": 12,
            "cvv": "123",
        }
    }
    assert made_private(profile(detectors=("email", "phone", "card", "token")), event)["properties"] == {
        "password": "[token]", "phone_number": "[phone]", "email": True, "tokens": 12, "cvv": "[card]",
    }  # fmt: skip


def test_a_scrub_judges_what_is_no_event_as_an_event() -> None:
    scrub = compile_rules(BUILT_IN["product"], KEYS).scrub
    assert scrub is not None
    assert scrub("call Ana", Sending("", "", {})) is None
    assert scrub([1, "call Ana", {"userId": "u", "note": "x"}], Sending("", "", {}))[:2] == [1, None]
    assert "note" not in scrub({"userId": "u", "note": "x"}, Sending("", "", {}))


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ({"mine": ProfileSettings(extends="gone")}, "no privacy profile 'gone' .valid: mine, none, product"),
        (
            {"mine": ProfileSettings(extends="a"), "a": ProfileSettings(extends="mine")},
            "mine → a → mine extend",
        ),
        ({"mine": ProfileSettings(drop=("a..b",))}, r"drop: 'a\.\.b' is no path"),
        ({"mine": ProfileSettings(mask=("note",))}, r"mask: 'note' begins with .* mean properties\.note"),
        (
            {"mine": ProfileSettings(properties=("properties.size",))},
            r"properties: 'properties\.size': write it without properties\.",
        ),
        ({"mine": ProfileSettings(extends="product"), "product": ProfileSettings()}, "'product' is built in"),
    ],
)
def test_a_profile_that_cannot_be_is_refused(written: dict[str, ProfileSettings], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        resolve_profile("mine", written)


def test_consent_settings_replace_one_by_one() -> None:
    mine = product(consent=ConsentSettings(dnt="ignore", required=("analytics",)))
    assert (mine.consent.gpc, mine.consent.dnt, mine.consent.refused) == ("anonymise", "ignore", "drop")


# Texts that take long to look through


@pytest.mark.parametrize(
    "piece", ["%25", "4111 ", "a=b&", "a@", "４１１１ ", "aB1cD2eF3gH4iJ5kL6mN7oP8qR9sT0uVwX "]
)
def test_text_that_would_keep_everybody_waiting_is_masked_whole_and_its_event_held(piece: str) -> None:
    step = compile_rules(BUILT_IN["product"], KEYS).step
    assert step is not None
    title = "me@example.com " + piece * (2_000_000 // len(piece))
    properties = {"title": title, "label": "me@example.com"}
    found = {"type": "track", "userId": "u", "event": "Opened", "properties": properties}
    held = step(found, sending())
    assert isinstance(held, Held)
    assert "too much text" in held.reason
    assert properties["title"] == "[masked]"
    assert "me@example.com" not in json.dumps(found)


def test_the_limit_is_of_a_request_and_grows_with_its_events() -> None:
    step = compile_rules(BUILT_IN["product"], KEYS).step
    assert step is not None

    def verdict(beside: Sending, signs: int, number: int) -> object:
        title = f"x{number}" + "%2F" * signs
        return step({"type": "page", "userId": "u", "properties": {"title": title}}, beside)

    first = sending()
    assert [verdict(first, 100, number) for number in range(500)] == [None] * 500
    assert isinstance(verdict(first, 60_000, 1), Held)
    assert verdict(sending(), 30_000, 2) is None


def test_an_ordinary_event_of_a_megabyte_is_looked_through() -> None:
    step = compile_rules(BUILT_IN["product"], KEYS).step
    assert step is not None
    text = "Nothing in this line of 2026 tells of anybody. " * 20_000
    found: dict[str, Any] = {"type": "page", "userId": "u", "properties": {"title": text + "me@example.com"}}
    assert step(found, sending()) is None
    assert found["properties"]["title"] == text + "[email]"


def test_of_what_is_said_of_consent_bots_and_violations_only_named_fields_pass_the_allow_list() -> None:
    step = compile_rules(BUILT_IN["product"], KEYS).step
    assert step is not None
    told: dict[str, Any] = {
        "consentManagement": {
            "provider": "oneTrust",
            "resolutionStrategy": "and",
            "allowedConsentIds": ["analytics"],
            "deniedConsentIds": {"consent": ["ads"]},
        },
        "consent": {"categoryPreferences": {"analytics": True, "ads": False}},
        "bot": {"name": "Googlebot", "url": "http://example.com/bot"},
        "violationErrors": [
            {
                "type": "Additional-Properties",
                "message": "properties.colour is not in the plan",
                "property": "colour",
                "meta": {"instancePath": "/properties", "schemaPath": "#/properties/properties"},
            }
        ],
    }
    context = copy.deepcopy(told)
    for place in (context["consentManagement"], context["consent"], context["bot"]):
        place["note"] = "Ana Meyer"
    context["consent"]["categoryPreferences"]["who"] = "Ana Meyer"
    context["violationErrors"][0]["note"] = context["violationErrors"][0]["meta"]["note"] = "Ana Meyer"
    event: dict[str, Any] = {"type": "page", "userId": "u", "context": context}
    assert step(event, sending()) is None
    event["context"].pop("privacy")
    assert event["context"] == told
