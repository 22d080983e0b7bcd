from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from mainstem.assemble.enrichment import enrichment
from mainstem.assemble.features import FEATURES
from mainstem.assemble.privacy import private_rules
from mainstem.assemble.project import open_project
from mainstem.assemble.tracking import tracking
from mainstem.errors import ConfigError
from mainstem.events import Sending, Source
from mainstem.testing.geo import write_geo_database

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.assemble.feature import Feature

GOOGLE = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


def feature(folder: Path, settings: str) -> Feature:
    (folder / "mainstem.toml").write_text(f"[collect]\n{settings}\n")
    return enrichment(open_project(folder))(Source("web", "Website", ("A",)))


def passed(steps: Any) -> dict[str, Any]:
    event: dict[str, Any] = {"context": {"userAgent": GOOGLE}}
    for step in steps:
        assert step(event, Sending("198.51.100.7", "2026-01-02T03:04:05.678Z", {})) is None
    context: dict[str, Any] = event["context"]
    return context


def test_a_project_that_asks_for_nothing_has_no_steps(tmp_path: Path) -> None:
    assert feature(tmp_path, "").steps == ()


def test_bots_and_places_are_told_where_the_project_asks(tmp_path: Path) -> None:
    file = write_geo_database(tmp_path / "city.mmdb", {"198.51.100.0/24": {"country": {"iso_code": "CH"}}})
    both = feature(tmp_path, 'flag_bots = true\ngeo_database = "city.mmdb"')
    context = passed(both.steps)
    assert (context["isBot"], context["geo"]) == (True, {"country": "CH"})
    assert both.files == (file,)


def test_a_database_that_cannot_be_read_is_told_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"mainstem\.toml:2: .*missing\.mmdb"):
        feature(tmp_path, 'geo_database = "missing.mmdb"')


def test_what_is_added_is_judged_and_made_private_like_the_rest() -> None:
    assert FEATURES.index(enrichment) < FEATURES.index(tracking) < FEATURES.index(private_rules)


def test_a_gateway_without_them_imports_none_of_what_they_need() -> None:
    script = (
        "import sys, mainstem.assemble.collect;"
        "loaded = {'maxminddb', 'crawleruseragents', 'mainstem.collect.enrich.bots'} & set(sys.modules);"
        "sys.exit(bool(loaded))"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
