from __future__ import annotations

import pytest

from mainstem.notify import personal_data_masked, secrets_struck
from mainstem.notify.struck import address_kept_secret


@pytest.mark.parametrize(
    ("url", "pieces"),
    [
        ("mmosts://chat.example.org/ju3onb9zqbd8xp7sdrhzmpfqby", ["ju3onb9zqbd8xp7sdrhzmpfqby"]),
        ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ", ["T1JJ3T3L2", "TIiajkdnlazkcOXrIdevi7FQ"]),
        ("mailto://ada:p%40ssw0rd@mail.example.org?to=x@example.org", ["p%40ssw0rd", "p@ssw0rd"]),
        ("json://host.example.org/a?token=abcd1234", ["abcd1234"]),
    ],
)
def test_every_secret_part_of_an_address_is_struck(url: str, pieces: list[str]) -> None:
    address_kept_secret(url)
    for piece in [url, *pieces]:
        assert piece not in secrets_struck(f"HTTP 403 for {piece}: forbidden")


def test_a_host_stays_legible() -> None:
    address_kept_secret("json://chat.example.org/verysecret")
    assert secrets_struck("cannot reach chat.example.org") == "cannot reach chat.example.org"


def test_log_lines_lose_personal_data_and_keep_their_figures() -> None:
    lines = [
        "bounced: grace.hopper@example.org is unknown",
        "loaded 1,234,567 rows of events.tracks in 12.5 s at 2026-11-23T07:00:00Z",
    ]
    assert personal_data_masked(lines) == ["bounced: [email] is unknown", lines[1]]
