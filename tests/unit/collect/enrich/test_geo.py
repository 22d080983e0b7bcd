from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mainstem.collect.enrich.geo import GeoDatabase, geo_step
from mainstem.errors import EnvironmentFailure
from mainstem.events import Sending
from mainstem.testing.geo import write_geo_database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BERN = {
    "city": {"names": {"de": "Bern", "en": "Bern"}},
    "country": {"iso_code": "CH", "names": {"en": "Switzerland"}},
    "subdivisions": [{"names": {"en": "Canton of Bern"}}, {"names": {"en": "Mittelland"}}],
    "postal": {"code": "3000"},
    "location": {"latitude": 46.9481, "longitude": 7.4474, "time_zone": "Europe/Zurich"},
}
KNOWN = {
    "city": "Bern",
    "country": "CH",
    "region": "Canton of Bern",
    "postal": "3000",
    "location": "46.948100,7.447400",
    "timezone": "Europe/Zurich",
}


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GeoDatabase]:
    places = {
        "198.51.100.0/24": BERN,
        "192.0.2.0/25": {"country": {"iso_code": "JP"}},
        "203.0.113.0/24": {"city": "not as it should be"},
        "2001:db8::/32": BERN,
    }
    opened = GeoDatabase(write_geo_database(tmp_path_factory.mktemp("geo") / "city.mmdb", places))
    yield opened
    opened.close()


def passed(database: GeoDatabase, event: dict[str, Any], ip: str = "198.51.100.7") -> dict[str, Any]:
    sending = Sending(ip, "2026-01-02T03:04:05.678Z", {})
    assert geo_step(database)(event, sending) is None
    assert sending.request_ip == ip
    return event


@pytest.mark.parametrize("ip", ["198.51.100.7", "2001:db8::7", "::ffff:198.51.100.7"])
def test_a_place_is_told_as_far_as_it_is_known(database: GeoDatabase, ip: str) -> None:
    assert passed(database, {"context": {"locale": "de"}}, ip) == {"context": {"locale": "de", "geo": KNOWN}}


def test_what_is_not_known_is_left_out(database: GeoDatabase) -> None:
    assert passed(database, {}, "192.0.2.7")["context"]["geo"] == {"country": "JP"}


@pytest.mark.parametrize("ip", ["192.0.2.200", "10.0.0.1", "", "unix", "203.0.113.7", "1.2.3.4.5"])
def test_an_address_of_which_nothing_is_known_adds_nothing(database: GeoDatabase, ip: str) -> None:
    assert "geo" not in passed(database, {"context": {}}, ip)["context"]


def test_the_visitors_address_that_a_server_tells_counts_before_its_own(database: GeoDatabase) -> None:
    assert passed(database, {"context": {"ip": "192.0.2.7"}})["context"]["geo"] == {"country": "JP"}
    assert passed(database, {"context": {"ip": ""}})["context"]["geo"] == KNOWN


def test_what_the_sender_knows_itself_stays(database: GeoDatabase) -> None:
    assert passed(database, {"context": {"geo": {"city": "Thun"}}})["context"]["geo"] == {"city": "Thun"}


def test_a_context_that_is_no_object_is_left_alone(database: GeoDatabase) -> None:
    assert passed(database, {"context": "x"}) == {"context": "x"}


def test_each_event_has_a_place_of_its_own(database: GeoDatabase) -> None:
    first, second = passed(database, {}), passed(database, {})
    first["context"]["geo"]["city"] = "masked"
    assert second["context"]["geo"]["city"] == "Bern"


@pytest.mark.parametrize("content", [b"", b"no database", None])
def test_a_file_that_is_no_database_is_refused_by_name(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "places.mmdb"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(EnvironmentFailure, match=r"places\.mmdb"):
        GeoDatabase(file)
