from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstem.collect import Answers, Handler, Reply, Request, SourceTable
from mainstem.collect.origins import origin_gate
from mainstem.collect.replies import OK
from mainstem.collect.sources import CompiledSource, basic_authorization, compile_plainly
from mainstem.events import Source

OPTIONS = {"maxAge": 31536000000, "path": "/", "sameSite": "Lax", "secure": False}


def compiled(source: Source) -> CompiledSource:
    plain = compile_plainly(source)
    return CompiledSource(
        source, plain.checks, gates=(origin_gate(source.origins),) if source.origins else ()
    )


def ask(
    body: object, *, key: str | None = "WK", path: str = "/rsaRequest", query: str = "", **headers: str
) -> Reply:
    sources = [
        Source("web", "Website", ("WK",)),
        Source("off", "Off", ("OFF",), enabled=False),
        Source("own", "Own", ("OWN",), origins=("https://shop.example",)),
    ]
    handler = Handler(
        SourceTable(sources, compiled),
        max_body_bytes=100,
        max_batch_events=1,
        strict=False,
        new_message_id=lambda: "",
        other_routes=Answers(None, "", lambda: OK).routes,
    )
    sent = {name.encode(): value.encode() for name, value in headers.items()}
    if key is not None:
        sent[b"authorization"] = basic_authorization(key)
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    outcome = handler.handle(Request(b"POST", path.encode(), query.encode(), sent, raw, "", ""))
    assert isinstance(outcome, Reply)
    return outcome


def asked(*cookies: tuple[str, str], **options: Any) -> dict[str, Any]:
    return {
        "reqType": "setCookies",
        "workspaceId": "mainstem",
        "data": {
            "options": {**OPTIONS, **options},
            "cookies": [{"name": name, "value": value} for name, value in cookies],
        },
    }


def cookies(reply: Reply) -> list[str]:
    assert (reply.status, reply.body) == (200, b"ok")
    lines = reply.head.decode().split("\r\n")
    return [line.removeprefix("Set-Cookie: ") for line in lines if line.startswith("Set-Cookie: ")]


@pytest.mark.parametrize("path", ["/rsaRequest", "/rsaRequest/"])
def test_each_entry_becomes_one_cookie_that_scripts_can_read(path: str) -> None:
    reply = ask(asked(("rl_anonymous_id", "RS_ENC_v3_Imx="), ("rl_session", "é;,")), path=path)
    assert cookies(reply) == [
        "rl_anonymous_id=RS_ENC_v3_Imx%3D; Path=/; Max-Age=31536000; SameSite=Lax",
        "rl_session=%C3%A9%3B%2C; Path=/; Max-Age=31536000; SameSite=Lax",
    ]


def test_every_attribute_is_as_asked_for() -> None:
    body = asked(
        ("ajs_user_id", "u1"), domain=".shop.example", sameSite="none", secure=True, path="/a/b", maxAge=None
    )
    assert cookies(ask(body)) == ["ajs_user_id=u1; Path=/a/b; Domain=.shop.example; SameSite=None; Secure"]


def test_a_cookie_is_removed_by_an_age_that_has_passed() -> None:
    assert cookies(ask(asked(("rl_trait", ""), maxAge=-1000))) == [
        "rl_trait=; Path=/; Max-Age=-1; SameSite=Lax"
    ]


@pytest.mark.parametrize(
    "body",
    [
        asked(("session", "x")),
        asked(("rl_a=b; HttpOnly", "x")),
        asked(("rl_a\r\nSet-Cookie: b", "x")),
        asked(("rl_", "x")),
        asked(("rl_a", "x"), path="/\r\nX: y"),
        asked(("rl_a", "x"), path="/; Domain=evil"),
        asked(("rl_a", "x"), path="relative"),
        asked(("rl_a", "x"), domain="shop.example; Path=/"),
        asked(("rl_a", "x"), domain="a..b"),
        asked(("rl_a", "x"), sameSite="Lax; Secure"),
        asked(("rl_a", "x"), maxAge="1; Domain=evil"),
        asked(("rl_a", "x"), maxAge=1e300),
        asked(("rl_a", "x" * 5000)),
        asked(*[(f"rl_{n}", "x") for n in range(33)]),
        {**asked(("rl_a", "x")), "reqType": "other"},
        {"reqType": "setCookies"},
        [],
        7,
    ],
)
def test_what_could_be_more_than_a_cookie_of_the_sdk_sets_none(body: object) -> None:
    reply = ask(body)
    assert reply.status == 400
    assert reply.body in (b"cookies cannot be set\n", b"invalid json\n")
    assert b"Set-Cookie" not in reply.head


@given(st.text(), st.text())
def test_no_name_or_value_begins_a_header_or_an_attribute_of_its_own(name: str, value: str) -> None:
    reply = ask(json.dumps(asked((f"rl_{name}", value))).encode("utf-8", "surrogatepass"))
    if reply.status == 200:
        (cookie,) = cookies(reply)
        assert cookie.split(";")[1:] == [" Path=/", " Max-Age=31536000", " SameSite=Lax"]
    assert reply.head.count(b"\r\n") == len(reply.head.splitlines())


@pytest.mark.parametrize(
    ("key", "status", "text"),
    [
        (None, 401, b"failed to read writekey from header\n"),
        ("nobody", 401, b"invalid write key\n"),
        ("OFF", 404, b"source is disabled\n"),
    ],
)
def test_only_a_known_sender_sets_cookies(key: str | None, status: int, text: bytes) -> None:
    reply = ask(asked(("rl_a", "x")), key=key, query="writeKey=WK")
    assert (reply.status, reply.body) == (status, text)


def test_a_page_of_another_origin_sets_no_cookies_where_origins_are_named() -> None:
    body = asked(("rl_a", "x"))
    assert ask(body, key="OWN", origin="https://evil.example").status == 403
    assert ask(body, key="OWN", origin="https://shop.example").status == 200


def test_half_of_a_surrogate_pair_in_a_value_is_replaced() -> None:
    reply = ask(asked(("rl_a", "\ud800")))
    assert reply.status == 200
    assert b"Set-Cookie: rl_a=%EF%BF%BD; " in reply.head
