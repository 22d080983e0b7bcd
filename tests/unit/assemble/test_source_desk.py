from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from mainstem.assemble.project import open_project
from mainstem.assemble.source_desk import ProjectSources, gateway_address, met, without_credentials
from mainstem.assemble.watch import LiveProject
from mainstem.collect.counts_file import (
    GatewayCounts,
    Minute,
    SourceFigures,
    counts_folder,
    counts_path,
    write_counts,
)
from mainstem.collect.sources import SourceCounts
from mainstem.events import Resolved
from mainstem.log import LogSettings, open_writer
from mainstem.replay import write_resolutions
from mainstem.tracking.catalogue import SourceCatalogue
from mainstem.tracking.catalogue_files import encode_catalogues, write_catalogue
from mainstem.web.sources import Met

if TYPE_CHECKING:
    from pathlib import Path

WEB = '[[sources]]\nid = "web"\nname = "Website"\nwrite_keys = ["A"]\n'
APP = '[[sources]]\nid = "app"\nname = "App"\nwrite_keys = ["B"]\nenvironment = "qa"\n'


def project(folder: Path, text: str) -> LiveProject:
    (folder / "mainstem.toml").write_text(text)
    return LiveProject(open_project(folder))


def counts(partition: str, minute: int, events: int, last: str | None, **dropped: int) -> GatewayCounts:
    totals = SourceCounts(events=events, dropped=dict(dropped))
    figures = SourceFigures(totals, {minute: Minute(events, 1, sum(dropped.values()), 0)}, last)
    return GatewayCounts(partition, 1, "S", "T", sources={"web": figures})


def test_what_every_gateway_counted_is_summed_for_the_past_hour() -> None:
    gateways = (
        counts("gateway-0", 1000, 5, "2026-01-01T00:00:00Z", consent=2),
        counts("gateway-1", 1010, 7, "2026-01-02T00:00:00Z", consent=1, suppressed=1),
    )
    summed = {"consent": 3, "suppressed": 1}
    assert met("web", gateways, 1010) == Met(Minute(12, 2, 4, 0), "2026-01-02T00:00:00Z", summed, {})
    assert met("web", gateways, 1060) == Met(Minute(7, 1, 2, 0), "2026-01-02T00:00:00Z", summed, {})
    assert met("app", gateways, 1010) == Met(Minute(), None)


def test_sources_are_read_afresh_and_older_ones_stand_while_the_file_is_wrong(tmp_path: Path) -> None:
    live = project(tmp_path, WEB)
    desk = ProjectSources(live, lambda: 60.0 * 1000)
    write_counts(
        counts_path(counts_folder(live.project.data_dir), "gateway-0"), counts("gateway-0", 1000, 5, None)
    )
    now = desk.now()
    assert [written.id for written in now.sources] == ["web"]
    assert now.met["web"].hour.events == 5
    (tmp_path / "mainstem.toml").write_text(WEB + APP)
    now = desk.now()
    assert [(written.id, written.namespace, written.where) for written in now.sources] == [
        ("web", "website", "mainstem.toml:1"),
        ("app", "app_qa", "mainstem.toml:5"),
    ]
    assert now.met["app"] == Met(Minute(), None)
    (tmp_path / "mainstem.toml").write_text(WEB + APP + "nonsense = 1\n")
    now = desk.now()
    assert len(now.sources) == 2
    assert now.problem is not None
    assert "mainstem.toml:10: [[sources]] has no setting 'nonsense'" in now.problem


def test_each_setting_stands_with_its_line_and_a_default_with_none(tmp_path: Path) -> None:
    desk = ProjectSources(project(tmp_path, WEB + APP))
    app = desk.now().named("app")
    assert app is not None
    found = {setting.name: (setting.value, setting.where) for setting in app.settings}
    assert found["environment"] == ("qa", "mainstem.toml:9")
    assert found["write_keys"] == ("B", "mainstem.toml:8")
    assert found["enabled"] == ("yes", None)
    assert found["namespace"] == ("", None)


def test_a_url_is_shown_without_what_lets_one_in() -> None:
    assert without_credentials("https://u:p@r.example:8443/v1?k=1#x") == "https://r.example:8443/v1"


@pytest.mark.parametrize(
    ("settings", "url", "is_public", "sdk"),
    [
        ("", "http://127.0.0.1:8080", False, None),
        ('host = "0.0.0.0"\nport = 9\n', "http://127.0.0.1:9", False, None),
        ('host = "::1"\n', "http://[::1]:8080", False, None),
        ('public_url = "https://e.example/"\n', "https://e.example", True, None),
        (
            'public_url = "https://e.example"\nhosted_files = {"/a.css" = "a", "/sdk/rsa.min.js" = "b"}\n',
            "https://e.example",
            True,
            "https://e.example/sdk/rsa.min.js",
        ),
        (
            'hosted_files = {"/sdk/rsa.min.mjs" = "b"}\n',
            "http://127.0.0.1:8080",
            False,
            "http://127.0.0.1:8080/sdk/rsa.min.mjs",
        ),
        ('hosted_files = {"/other.js" = "a"}\n', "http://127.0.0.1:8080", False, None),
    ],
)
def test_the_gateway_is_found_where_the_settings_say(
    tmp_path: Path, settings: str, url: str, is_public: bool, sdk: str | None
) -> None:
    address = gateway_address(project(tmp_path, f"[collect]\n{settings}{WEB}").project)
    assert (address.url, address.is_public, address.sdk_url) == (url, is_public, sdk)


def test_what_gateways_noted_and_what_became_of_held_events_is_read_from_the_data_folder(
    tmp_path: Path,
) -> None:
    (tmp_path / "mainstem.toml").write_text('[[sources]]\nid = "web"\nname = "Web"\nwrite_keys = ["A"]\n')
    desk = ProjectSources(LiveProject(open_project(tmp_path)))
    assert desk.catalogue("web") is None
    assert desk.resolved() == {}
    seen = SourceCatalogue("web")
    seen.event(("track", "Order"), "2026-01-01T00:00:00.000Z", True)
    data = tmp_path / ".mainstem"
    write_catalogue(data, "gateway-0", encode_catalogues([seen]))
    said = Resolved("gateway/gateway-0:16", "dismissed", "2026-01-02T04:00:00.000Z")

    async def write() -> None:
        log = open_writer(data, "resolved", "replay", LogSettings())
        await write_resolutions(log, [said])
        await log.close()

    asyncio.run(write())
    noted = desk.catalogue("web")
    assert noted is not None
    assert list(noted.events) == [("track", "Order")]
    assert desk.catalogue("other") is None
    assert desk.resolved() == {said.id: said}
