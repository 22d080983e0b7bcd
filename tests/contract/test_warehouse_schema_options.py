"""Every choice about the schema, and every place it can be made, does what RudderStack's does there.

Each case says what was changed about one plain event, and which tables, columns and values that makes; all of
it was found by running RudderStack's own transformer on the same event.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from mainstem.load.explain import explain

if TYPE_CHECKING:
    from collections.abc import Mapping

LONG = "k" * 70
PROVIDERS = ("postgres", "snowflake")

Rows = dict[str, dict[str, tuple[str, Any]]]
"""Table → column → (type, value); names as PostgreSQL writes them."""


def explained(provider: str, event: Mapping[str, Any], config: object = None, category: object = None) -> Any:
    """The one answer to an event with a message id and a `receivedAt`."""
    message = {"type": "track", "messageId": "m", "receivedAt": "2024-01-02T03:04:05.678Z", **event}
    metadata = {"sourceCategory": category} if category else None
    case = {"provider": provider, "message": message, "config": config, "metadata": metadata}
    [answer] = explain([json.dumps(case).encode()])
    return json.loads(answer)


def rows(
    event: Mapping[str, Any], *, provider: str = "postgres", config: object = None, category: object = None
) -> Rows:
    found: Rows = {}
    for row in explained(provider, event, config, category)["output"]:
        data = row["data"]
        found[row["metadata"]["table"].lower()] = {
            name.lower(): (kind, data.get(name)) for name, kind in row["metadata"]["columns"].items()
        }
    return found


def asking(provider: str, **options: object) -> dict[str, Any]:
    return {"integrations": {provider.upper(): {"options": options}}}


def properties(**given: object) -> dict[str, Any]:
    return {"event": "e", "properties": given}


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize(
    ("name", "attached", "divided"),
    [
        ("omegaV2", "omega_v2", "omega_v_2"), ("9mega", "_9mega", "_9_mega"), ("0x1F", "_0x_1f", "_0_x_1_f"),
        ("HTTPServer2xx", "http_server2_xx", "http_server_2_xx"), ("v_3_", "v_3", "v_3"),
        ("aa11BB22cc", "aa11_bb22_cc", "aa_11_bb_22_cc"), ("1CComega", "_1cc_omega", "_1_c_comega"),
        ("21ST", "_21st", "_21st"), ("___", "___", "___"), ("__v2", "__v2", "__v_2"),
        ("naïve", "na_ve", "na_ve"), ("a-1.b", "a_1_b", "a_1_b"), ("İd", "d", "d"), ("ＡＢ1", "_1", "_1"),
    ],
)  # fmt: skip
def test_digits_stand_alone_only_where_a_destination_says_so(
    provider: str, name: str, attached: str, divided: str
) -> None:
    event = properties(**{name: "x"})
    assert rows(event, provider=provider)["e"][attached] == ("string", "x")
    old = {"underscoreDivideNumbers": True}
    assert rows(event, provider=provider, config=old)["e"][divided] == ("string", "x")
    assert rows({**event, **asking(provider, **old)}, provider=provider)["e"][attached] == ("string", "x")


@pytest.mark.parametrize("provider", PROVIDERS)
def test_traits_of_the_context_reach_users_only_where_a_destination_says_so(provider: str) -> None:
    event = {"type": "identify", "userId": "u", "context": {"traits": {"plan": "a"}}, "traits": {"age": 1}}
    allowing = {"allowUsersContextTraits": True}
    for table in ("identifies", "users"):
        without = rows({**event, **asking(provider, **allowing)}, provider=provider)[table]
        assert "plan" not in without
        assert without["context_traits_plan"] == ("string", "a")
        assert rows(event, provider=provider, config=allowing)[table]["plan"] == ("string", "a")


def test_the_later_of_two_traits_for_one_column_stays() -> None:
    event = {
        "type": "identify", "userId": "u", "userProperties": {"plan": 1, "own": 1},
        "context": {"traits": {"plan": 2, "mid": 2}}, "traits": {"plan": 3},
    }  # fmt: skip
    users = rows(event, config={"allowUsersContextTraits": True})["users"]
    assert [users[name] for name in ("own", "mid", "plan")] == [("int", 1), ("int", 2), ("int", 3)]


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize(
    ("type_", "place"),
    [
        ("track", "properties"), ("track", "context"), ("track", "userProperties"),
        ("identify", "traits"), ("identify", "context"), ("identify", "userProperties"),
        ("page", "properties"), ("page", "context"), ("screen", "properties"), ("group", "traits"),
        ("alias", "traits"), ("extract", "properties"), ("extract", "context"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("where", ["config", "event", "any warehouse"])
def test_a_json_path_of_any_event_type_keeps_what_it_names_whole(
    provider: str, type_: str, place: str, where: str
) -> None:
    held = {"cart": {"items": [{"n": 1.0}], "deep": {"x": None}}, "b": [1, {"c": ""}], "n": 5, "gone": ""}
    path = f"{type_}.{place}.a"
    named = [f"{path}.cart", f" {path}.b ", f"{path}.n", f"{path}.gone", "no.such.path"]
    event: dict[str, Any] = {"type": type_, "event": "e", "recordId": 1, place: {"a": held}}
    config = {"jsonPaths": ",".join(named)} if where == "config" else None
    if where != "config":
        key = provider.upper() if where == "event" else "DATA_WAREHOUSE"
        event["integrations"] = {key: {"options": {"jsonPaths": named}}}
    found = rows(event, provider=provider, config=config)
    row = list(found.values())[-1]
    column = "context_a" if place == "context" else "a"
    assert row[f"{column}_cart"] == ("json", '{"items":[{"n":1}],"deep":{"x":null}}')
    assert row[f"{column}_b"] == ("json", '[1,{"c":""}]')
    assert row[f"{column}_n"] == ("json", "5")
    assert f"{column}_gone" not in row
    assert f"{column}_cart_items" not in row


def test_an_older_json_path_counts_for_track_events_and_from_where_their_names_begin() -> None:
    config = {"jsonPaths": "cart,bag.inner,context_kit"}
    held = {"cart": {"n": 1}, "bag": {"inner": {"n": 1}, "other": {"n": 1}}}
    event = {**properties(**held), "context": {"kit": {"n": 1}}}
    own = rows(event, config=config)["e"]
    assert own["cart"] == own["bag_inner"] == own["context_kit"] == ("json", '{"n":1}')
    assert own["bag_other_n"] == ("int", 1)
    assert rows({**event, "type": "page"}, config=config)["pages"]["cart_n"] == ("int", 1)


def test_of_json_paths_that_differ_in_their_dots_alone_the_last_one_counts() -> None:
    held = {"a": {"b": {"n": 1}}, "a_b": {"n": 2}}
    assert "a_b_n" not in rows(properties(a=held["a"]), config={"jsonPaths": "a_b,a.b"})["e"]
    own = rows(properties(**held), config={"jsonPaths": "a.b,a_b"})["e"]
    assert own["a_b_n"] == ("int", 1)
    assert own["a_b"] == ("json", '{"n":2}')


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_full_event_is_kept_with_what_was_made_up_for_it(provider: str) -> None:
    stored = {"storeFullEvent": True}
    event = {**properties(n=1.0), "messageId": "", "receivedAt": "then"}
    found = rows(event, provider=provider, config=stored)
    kind, text = found["tracks"]["rudder_event"]
    assert kind == "json"
    kept = json.loads(text)
    assert kept["messageId"] == found["tracks"]["id"][1]
    assert kept["receivedAt"] == found["tracks"]["received_at"][1]
    assert '"n":1}' in text
    assert "rudder_event" not in found["e"]
    extract = {"type": "extract", "event": "e", "recordId": 1}
    assert "rudder_event" not in rows(extract, provider=provider, config=stored)["e"]
    assert "rudder_event" not in rows({**event, **asking(provider, **stored)}, provider=provider)["tracks"]


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize(
    ("flag", "event", "table"),
    [
        ("skipTracksTable", {"event": "e"}, "tracks"),
        ("skipUsersTable", {"type": "identify", "userId": "u"}, "users"),
    ],
)
def test_a_table_is_left_out_for_a_destination_or_for_one_event(
    provider: str, flag: str, event: dict[str, Any], table: str
) -> None:
    asked = {flag: True}
    assert table in rows(event, provider=provider)
    assert table in rows(event, provider=provider, config={flag: False})
    assert table not in rows(event, provider=provider, config=asked)
    assert table not in rows({**event, **asking(provider, **asked)}, provider=provider)
    for_any = {"integrations": {"DATA_WAREHOUSE": {"options": asked}, "All": True}}
    assert table in rows({**event, **for_any}, provider=provider)


@pytest.mark.parametrize("category", ["cloud", "singer-protocol"])
def test_a_versioned_source_that_is_pulled_stands_for_records(category: str) -> None:
    event = {"event": "e", "recordId": 7, "context": {"sources": {"version": "v1"}}}
    found = rows(event, category=category)
    assert found["e"]["id"] == ("int", 7)
    assert found["tracks"]["id"] == ("string", "m")
    assert found["tracks"]["record_id"] == ("string", "7")
    assert rows({**event, "context": {}}, category=category)["e"]["id"] == ("string", "m")
    assert rows(event, category="webhook")["e"]["id"] == ("string", "m")
    refused = explained("postgres", {**event, "recordId": ""}, None, category)
    assert refused == {"error": "recordId cannot be empty for cloud sources events"}


def test_nesting_ends_at_the_third_level_for_cloud_sources_alone() -> None:
    event = properties(a={"b": {"c": {"d": {"e": 1.0}}, "x": [{"y": 1}]}})
    assert rows(event, category="cloud")["e"]["a_b_c_d"] == ("string", '{"e":1}')
    for category in (None, "singer-protocol", "webhook"):
        assert rows(event, category=category)["e"]["a_b_c_d_e"] == ("int", 1)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_reserved_words_are_escaped_unless_the_event_asks_otherwise(provider: str) -> None:
    event = {"event": "Select", "properties": {"order": 1, "user": 2}}
    assert "_order" in rows(event, provider=provider)["_select"]
    asked = {**event, **asking(provider, skipReservedKeywordsEscaping=True)}
    assert rows(asked, provider=provider)["select"]["order"] == ("int", 1)


@pytest.mark.parametrize("name", ["users", "Identifies", "tracks", "PAGES", "screens", "groups", "accounts"])
def test_an_event_has_no_table_that_is_made_for_every_source(name: str) -> None:
    table = name.lower()
    assert f"_{table}" in rows({"event": name})
    asked = {"event": name, **asking("postgres", skipReservedKeywordsEscaping=True, skipTracksTable=True)}
    alone = {"users", "identifies"}
    assert list(rows(asked)) == [f"_{table}" if table in alone else table]
    ours = {"event": name, **asking("ducklake", skipReservedKeywordsEscaping=True, skipTracksTable=True)}
    assert list(rows(ours, provider="ducklake")) == [f"_{table}"]


def test_the_older_casing_keeps_letters_and_makes_underscores_of_the_rest() -> None:
    event = {"event": " Big Event😀", "properties": {"aB-9$": 1, "9x": 2, " y": 3, "": 4, "日": 5}}
    found = rows({**event, **asking("postgres", useBlendoCasing=True)})
    own = found["big_event__"]
    assert own["event"] == ("string", "big event😀")
    assert [own[name][1] for name in ("ab_9$", "_9x", "_y", "_")] == [1, 2, 3, 5]


@pytest.mark.parametrize(
    ("provider", "longest"), [("postgres", 63), ("snowflake", 127), ("redshift", 127), ("ducklake", 127)]
)
def test_names_are_cut_where_the_warehouse_cuts_them(provider: str, longest: int) -> None:
    name = "k" * 140
    found = rows({"event": name, "properties": {name: 1, "select" + "x" * 60: 2}}, provider=provider)
    assert found["k" * longest]["k" * longest] == ("int", 1)
    assert ("select" + "x" * 60)[:longest] in found["k" * longest]


def test_a_reserved_word_that_is_left_by_a_cut_is_escaped_after_it() -> None:
    # Two keys that are one name after the cut share its column.
    own = rows(properties(**{LONG: 1, f"{LONG}x": 2}))["e"]
    assert own["k" * 63] == ("int", 2)


def test_sixteen_hundred_columns_are_the_most_but_for_rudderstacks_own_pipelines() -> None:
    many = properties(**{f"p{n}": n for n in range(1600)})
    refused = explained("snowflake", many)
    assert refused == {"error": "snowflake transformer: Too many columns outputted from the event"}
    assert len(rows({**many, "channel": "sources"})["e"]) > 1600


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        ({"0": "a", "1": "b"}, "ab"), ({"1": "a", "2": "b"}, "ab"), ({"0": "é"}, "é"),
        ({"0": "a", "2": "b"}, None), ({"0": "ab"}, None), ({"0": "😀"}, None), ({"0": "a", "01": "b"}, None),
    ],
)  # fmt: skip
def test_a_text_that_an_sdk_spelled_out_is_joined_again(value: object, stored: str | None) -> None:
    page = rows({"type": "page", "context": {"traits": value}})["pages"]
    assert page.get("context_traits") == (None if stored is None else ("string", stored))
    assert ("context_traits_0" in page or "context_traits_1" in page) is (stored is None)
    group = rows({"type": "group", "traits": value})["groups"]
    assert ("_0" in group or "_1" in group) is (stored is None)


def test_an_event_called_like_a_date_is_one() -> None:
    found = rows({"event": "2024-01-01"})
    assert found["tracks"]["event_text"] == ("datetime", "2024-01-01T00:00:00.000Z")
    assert found["tracks"]["event"] == ("string", "_2024_01_01t_00_00_00_000z")


def test_a_user_who_is_called_nothing_is_no_user() -> None:
    assert "users" not in rows({"type": "identify", "userId": " \t"})


def test_a_page_may_be_called_by_a_number_that_is_nought() -> None:
    page = rows({"type": "page", "name": 0, "properties": {"name": "p"}})["pages"]
    assert page["name"] == ("int", 0)
