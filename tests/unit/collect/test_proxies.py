from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

import pytest

from mainstem.collect import CollectSettings
from mainstem.collect.browser import segment_settings
from mainstem.collect.clock import Clock
from mainstem.collect.connections import Connections
from mainstem.collect.intake import Intake
from mainstem.collect.proxies import TrustedProxies
from mainstem.collect.replies import OK
from mainstem.testing.gateway import RecordingLog, Wire

if TYPE_CHECKING:
    from mainstem.collect.request import Outcome, Request

PROXIES = TrustedProxies(["10.0.0.0/8", "2001:db8::/32", "127.0.0.1"])


@pytest.mark.parametrize(
    ("peer", "trusted"),
    [
        ("10.1.2.3", True),
        ("127.0.0.1", True),
        ("::ffff:10.1.2.3", True),
        ("2001:db8::7", True),
        ("11.0.0.1", False),
        ("2001:db9::7", False),
        ("", False),
        ("nonsense", False),
    ],
)
def test_a_peer_is_trusted_by_its_address_alone(peer: str, trusted: bool) -> None:
    assert PROXIES.trusts(peer) is trusted
    assert TrustedProxies().trusts(peer) is False


@pytest.mark.parametrize(
    ("forwarded_for", "client"),
    [
        (b"198.51.100.7", "198.51.100.7"),
        (b"6.6.6.6, 198.51.100.7", "198.51.100.7"),
        (b"6.6.6.6,198.51.100.7 , 10.9.9.9", "198.51.100.7"),
        (b"10.2.2.2, 10.9.9.9", "10.2.2.2"),
        (b"198.51.100.7:4711", "198.51.100.7"),
        (b"[2001:db9::7]:4711", "2001:db9::7"),
        (b"2001:db9::7", "2001:db9::7"),
        (b"::ffff:198.51.100.7", "198.51.100.7"),
        (b"198.51.100.7, unknown", "10.0.0.1"),
        (b"198.51.100.7, unknown, 10.9.9.9", "10.9.9.9"),
        (b"", "10.0.0.1"),
        (b",,", "10.0.0.1"),
        (b"\xff", "10.0.0.1"),
    ],
)
def test_the_client_is_the_right_most_address_that_is_no_proxy(forwarded_for: bytes, client: str) -> None:
    assert PROXIES.client("10.0.0.1", forwarded_for) == client


@pytest.mark.parametrize("wrong", ["10.0.0.1/8", "proxy.example", "10.0"])
def test_what_is_no_network_is_refused_by_name(wrong: str) -> None:
    with pytest.raises(ValueError, match=re.escape(wrong)):
        TrustedProxies([wrong])


async def seen_from(peer: str) -> Request:
    """What a handler sees of a request with forwarding headers that came from `peer`."""
    seen: list[Request] = []

    def handle(request: Request) -> Outcome:
        seen.append(request)
        return OK

    settings = CollectSettings(trusted_proxies=("10.0.0.0/8",))
    intake = Intake(RecordingLog(), RecordingLog(), 1000)
    wire = Wire(Connections(settings, handle, intake, Clock(), lambda: 0.0), peer)
    wire.send(
        b"GET / HTTP/1.1\r\nHost: gateway\r\nX-Forwarded-For: 198.51.100.7\r\n"
        b"X-Forwarded-Proto: https\r\nX-Forwarded-Host: shop.example\r\n\r\n"
    )
    wire.close()
    return seen[0]


def test_forwarding_headers_of_a_trusted_proxy_say_who_asked_and_under_which_name() -> None:
    request = asyncio.run(seen_from("10.0.0.1"))
    settings = segment_settings("WK", None, request.headers)["integrations"]["Segment.io"]
    assert request.request_ip == "198.51.100.7"
    assert (settings["protocol"], settings["apiHost"]) == ("https", "shop.example/v1")


def test_forwarding_headers_of_anybody_else_are_not_even_passed_on() -> None:
    request = asyncio.run(seen_from("203.0.113.9"))
    settings = segment_settings("WK", None, request.headers)["integrations"]["Segment.io"]
    assert request.request_ip == "203.0.113.9"
    assert not [name for name in request.headers if name.startswith(b"x-forwarded")]
    assert (settings["protocol"], settings["apiHost"]) == ("http", "gateway/v1")
