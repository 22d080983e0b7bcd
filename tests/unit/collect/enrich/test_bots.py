from __future__ import annotations

from typing import Any

import pytest

from mainstem.collect.enrich.bots import Bots, bot_step
from mainstem.events import Sending

BOTS = Bots()
STEP = bot_step(BOTS)
CHROME = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"
)
GOOGLE = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


def passed(event: dict[str, Any], **headers: str) -> dict[str, Any]:
    sent = {name.replace("_", "-").encode(): value.encode() for name, value in headers.items()}
    assert STEP(event, Sending("203.0.113.7", "2026-01-02T03:04:05.678Z", sent)) is None
    return event


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (GOOGLE, "Googlebot"),
        ("Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)", "bingbot"),
        ("Mozilla/5.0 AppleWebKit/537.36 (compatible; GPTBot/1.2; +https://openai.com/gptbot)", "GPTBot"),
        ("AcmeBot/2", "AcmeBot"),
        ("ACME-Spider", "ACME-Spider"),
        (CHROME.replace("Chrome", "HeadlessChrome"), "HeadlessChrome"),
        (CHROME, None),
        ("Mozilla/5.0 (Linux; Android 12; CUBOT KINGKONG 7) Chrome/110.0 Mobile Safari/537.36", None),
        ("", None),
    ],
)
def test_a_bot_is_known_by_the_name_it_gives_itself(agent: str, name: str | None) -> None:
    found = BOTS.find(agent)
    assert (None if found is None else found.name) == name


def test_a_bots_event_is_flagged_with_its_name_and_home() -> None:
    event = passed({"context": {"userAgent": GOOGLE, "locale": "en"}})
    assert event["context"] == {
        "userAgent": GOOGLE,
        "locale": "en",
        "isBot": True,
        "bot": {"name": "Googlebot", "url": "http://www.google.com/bot.html"},
    }


def test_a_persons_event_stays_as_it_is() -> None:
    event = {"context": {"userAgent": CHROME}}
    assert passed(dict(event)) == event
    assert passed({"type": "track"}) == {"type": "track"}


@pytest.mark.parametrize(
    ("event", "headers"), [({"channel": "web"}, {}), ({}, {"origin": "https://shop.example"})]
)
def test_a_browsers_request_speaks_where_its_event_is_silent(
    event: dict[str, Any], headers: dict[str, str]
) -> None:
    assert passed(event, user_agent=GOOGLE, **headers)["context"]["isBot"] is True


def test_a_servers_request_says_nothing_about_the_person_it_reports_on() -> None:
    assert passed({"channel": "server"}, user_agent="python-requests/2.32") == {"channel": "server"}


def test_the_event_speaks_before_the_request() -> None:
    event = passed({"channel": "web", "context": {"userAgent": CHROME}}, user_agent=GOOGLE)
    assert "isBot" not in event["context"]


@pytest.mark.parametrize("context", [7, "x", [], True])
def test_a_context_that_is_no_object_is_left_alone(context: object) -> None:
    event = {"channel": "web", "context": context}
    assert passed(dict(event), user_agent=GOOGLE) == event


@pytest.mark.parametrize("agent", [None, 7, ["Googlebot"], {}])
def test_a_user_agent_that_is_no_text_is_none(agent: object) -> None:
    event = {"context": {"userAgent": agent}}
    assert passed(dict(event)) == event


def test_a_very_long_user_agent_is_read_at_its_beginning_only() -> None:
    assert BOTS.find("x" * 2000 + "Googlebot/") is None
