"""Where in the world an event comes from, by a database file that the user supplies.

Any file in MaxMind's format will do that holds cities or countries. Nothing is ever fetched, and the
address itself is not copied: rules that shorten or remove it find it where it always stands.
"""

from __future__ import annotations

from functools import lru_cache
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

import maxminddb
import msgspec

from mainstem.collect.enrich.context import context_of
from mainstem.errors import EnvironmentFailure

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.events import Sending, Step, Verdict

_REMEMBERED = 8192

Names = dict[str, str]


class _Place(msgspec.Struct, frozen=True):
    names: Names = {}
    iso_code: str | None = None


class _Postal(msgspec.Struct, frozen=True):
    code: str | None = None


class _Location(msgspec.Struct, frozen=True):
    latitude: float | None = None
    longitude: float | None = None
    time_zone: str | None = None


class _Entry(msgspec.Struct, frozen=True):
    """The part of a database's record that is read."""

    city: _Place = _Place()
    country: _Place = _Place()
    subdivisions: list[_Place] = []
    postal: _Postal = _Postal()
    location: _Location = _Location()


class GeoDatabase:
    """One open file. Raises EnvironmentFailure when it cannot be read, or is no such database."""

    def __init__(self, file: Path) -> None:
        try:
            self._reader = maxminddb.open_database(file)
        except (OSError, maxminddb.InvalidDatabaseError) as e:
            raise EnvironmentFailure(f"cannot read {file} as a MaxMind-format database: {e}") from e
        self.locate = lru_cache(_REMEMBERED)(self._locate)

    def _locate(self, address: str) -> dict[str, str] | None:
        """`context.geo` for an address: city, country (ISO code), region, postal, location
        (`latitude,longitude`), timezone, as far as they are known; None where nothing is."""
        try:
            parsed = ip_address(address)
            found = self._reader.get(getattr(parsed, "ipv4_mapped", None) or parsed)
            entry = msgspec.convert(found, _Entry) if isinstance(found, dict) else None
        except (ValueError, maxminddb.InvalidDatabaseError):
            return None  # no address, one that the file's kind does not hold, or a record of another shape
        return None if entry is None else _geo(entry) or None

    def close(self) -> None:
        self._reader.close()


def _geo(entry: _Entry) -> dict[str, str]:
    location = entry.location
    known = {
        "city": entry.city.names.get("en"),
        "country": entry.country.iso_code,
        "region": entry.subdivisions[0].names.get("en") if entry.subdivisions else None,
        "postal": entry.postal.code,
        "location": None
        if location.latitude is None or location.longitude is None
        else f"{location.latitude:f},{location.longitude:f}",
        "timezone": location.time_zone,
    }
    return {name: value for name, value in known.items() if value}


def geo_step(database: GeoDatabase) -> Step:
    """Sets `context.geo` by `context.ip`, where the sender names the visitor's address, or else by the
    request's. What the sender has set itself stays."""

    def step(event: dict[str, Any], sending: Sending) -> Verdict:
        context = context_of(event)
        if context is None or "geo" in context:
            return None
        stated = context.get("ip")
        geo = database.locate(stated if isinstance(stated, str) and stated else sending.request_ip)
        if geo is not None:
            context["geo"] = dict(geo)
        return None

    return step
