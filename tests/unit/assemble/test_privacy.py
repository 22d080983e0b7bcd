from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from mainstem.assemble.features import source_compiler
from mainstem.assemble.privacy import preview_privacy, recent_events, write_key
from mainstem.assemble.project import open_project
from mainstem.assemble.settings import check_settings
from mainstem.errors import ConfigError, UsageError
from mainstem.events import Dropped, Received, Sending, encode_received
from mainstem.log import LogSettings, open_writer
from mainstem.operate.doctor.privacy import check_profiles
from mainstem.privacy import BUILT_IN, pseudonym, resolve_profile
from mainstem.privacy.settings import ProfileSettings

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.assemble.project import Project
    from mainstem.collect import CompiledSource

SOURCE = '[[sources]]\nid = "web"\nname = "Web"\nwrite_keys = ["wk"]\nprivacy = "{}"\n'


def project(folder: Path, profile: str, more: str = "") -> Project:
    (folder / "mainstem.toml").write_text(SOURCE.format(profile) + more)
    return open_project(folder)


def compiled(folder: Path, profile: str, more: str = "") -> CompiledSource:
    opened = project(folder, profile, more)
    [source] = opened.sources()
    return source_compiler(opened)(source)


def passed(source: CompiledSource, event: dict[str, Any], **headers: bytes) -> dict[str, Any] | Dropped:
    beside = Sending(
        "203.0.113.7", "", {name.replace("_", "-").encode(): value for name, value in headers.items()}
    )
    for step in source.steps:
        verdict = step(event, beside)
        if isinstance(verdict, Dropped):
            return verdict
    return event


def test_without_rules_a_source_has_no_step_and_no_scrub(tmp_path: Path) -> None:
    source = compiled(tmp_path, "none")
    assert (source.steps, source.scrub) == ((), None)


def test_consent_comes_first_and_rules_come_last(tmp_path: Path) -> None:
    source = compiled(tmp_path, "product")
    assert source.scrub is not None
    assert passed(source, {"type": "identify", "userId": "u"}, sec_gpc=b"1") == Dropped("consent")
    found = passed(source, {"type": "page", "userId": "u", "properties": {"note": "x", "title": "Docs"}})
    assert isinstance(found, dict)
    assert found["properties"] == {"title": "Docs"}


def test_a_browser_that_says_no_is_heard_for_what_is_refused_at_the_door_too(tmp_path: Path) -> None:
    scrub = compiled(tmp_path, "product").scrub
    assert scrub is not None
    told = Sending("", "", {b"sec-gpc": b"1"})
    assert scrub({"type": "identify", "traits": {}}, told) is None
    assert "userId" not in scrub({"type": "pagee", "userId": "u"}, told)
    assert scrub({"type": "pagee", "userId": "u"}, Sending("", "", {}))["userId"] == "u"


def test_a_tracking_plans_names_pass_the_allow_list(tmp_path: Path) -> None:
    (tmp_path / "tracking-plan").mkdir()
    (tmp_path / "tracking-plan" / "web.yml").write_text(
        "version: 1\nevents:\n  - name: Opened\n    owner: ana\n"
        "    properties:\n      colour: {type: string}\n"
    )
    opened = project(tmp_path, "product", 'tracking_plan = "web"\n')
    [source] = opened.sources()
    found = passed(source_compiler(opened)(source), {
        "type": "track", "event": "Opened", "userId": "u", "properties": {"colour": "red", "shape": "round"},
    })  # fmt: skip
    assert isinstance(found, dict)
    assert found["properties"] == {"colour": "red"}


def test_suppressed_people_are_kept_out_of_every_source_and_their_file_is_watched(tmp_path: Path) -> None:
    (tmp_path / "people.txt").write_text("u1\n")
    source = compiled(tmp_path, "none", '[privacy]\nsuppressed = "people.txt"\n')
    assert passed(source, {"type": "page", "userId": "u1"}) == Dropped("suppressed")
    assert source.scrub is not None
    bad = [{"type": "pagee", "userId": "u1", "name": "Ana"}, {"type": "pagee", "userId": "u3"}, 7]
    assert source.scrub(bad, Sending("", "", {})) == [
        "not kept: suppressed",
        {"type": "pagee", "userId": "u3"},
        7,
    ]
    compiler = source_compiler(open_project(tmp_path))
    compiler(source.source)
    assert tmp_path / "people.txt" in compiler.files


def test_a_key_makes_pseudonyms_wherever_the_command_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_key(tmp_path / "privacy.key")
    monkeypatch.chdir("/")
    source = compiled(
        tmp_path,
        "mine",
        '[privacy]\nkey = "file:privacy.key"\n[privacy.profiles.mine]\nuser_id = "pseudonymise"\n',
    )
    found = passed(source, {"type": "page", "userId": "u1"})
    assert isinstance(found, dict)
    assert found["userId"].startswith("k1:")


def test_rotated_keys_are_read_by_their_ids(tmp_path: Path) -> None:
    from mainstem.assemble.privacy import read_privacy

    keys = '[privacy]\ncurrent = "k2"\n[privacy.keys]\nk1 = "0123456789abcdef"\nk2 = "fedcba9876543210"\n'
    found = read_privacy(project(tmp_path, "none", keys)).keys
    assert found is not None
    assert pseudonym(found, "u").startswith("k2:")


@pytest.mark.parametrize(
    ("profile", "more", "problem"),
    [
        ("gone", "", r"mainstem\.toml:5: there is no privacy profile 'gone' .valid: none, product"),
        (
            "none",
            '[privacy.profiles.a]\nextends = "b"\n',
            r"mainstem\.toml:6: there is no privacy profile 'b'",
        ),
        ("none", "[privacy.profiles.a]\nip = 'cut'\n", r"mainstem\.toml:7: .*'cut'"),
        (
            "none",
            "[privacy.profiles.a]\nipp = 'keep'\n",
            r"mainstem\.toml:7: .* no setting 'ipp' .*extends.* ip,",
        ),
        ("none", "[privacy.profiles.a]\ndetectors = ['faces']\n", r"mainstem\.toml:7: .*'faces'"),
        ("none", "[privacy.profiles.a.consent]\ngcp = 'drop'\n", r"mainstem\.toml.*gcp"),
        (
            "a",
            "[privacy.profiles.a]\nhash = ['properties.x']\n",
            r"mainstem\.toml:7: .*no key .*mainstem privacy key",
        ),
        ("none", "[privacy]\nkey = 'short'\n", r"mainstem\.toml:7: the key k1 is shorter than 16"),
        ("none", "[privacy.keys]\nx1 = '0123456789abcdef'\n", r"mainstem\.toml:7: 'x1' is no id of a key"),
        (
            "none",
            "[privacy.keys]\nk1 = '0123456789abcdef'\nk2 = '0123456789abcdef'\n",
            "privacy.current must say",
        ),
        ("none", "[privacy]\nsuppressed = 'gone.txt'\n", r"mainstem\.toml:7: cannot read .*gone\.txt"),
        ("none", "[privacy]\nkey = 'file:gone.key'\n", r"mainstem\.toml:7: .*gone\.key"),
        ("none", "[privacy]\nkee = 'x'\n", r"mainstem\.toml:7: .* no setting 'kee'"),
    ],
)
def test_what_is_not_valid_is_told_with_its_line_and_what_is(
    tmp_path: Path, profile: str, more: str, problem: str
) -> None:
    opened = project(tmp_path, profile, more)
    with pytest.raises(ConfigError, match=problem):
        check_settings(opened)
    with pytest.raises(ConfigError):
        source_compiler(opened)(opened.sources()[0])


def test_a_short_key_is_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        check_settings(project(tmp_path, "none", "[privacy]\nkey = 'hunter2'\n"))
    assert "hunter2" not in str(caught.value)


def test_a_key_is_its_owners_alone_and_never_replaced(tmp_path: Path) -> None:
    write_key(tmp_path / "k")
    assert (tmp_path / "k").stat().st_mode & 0o777 == 0o600
    before = (tmp_path / "k").read_bytes()
    with pytest.raises(UsageError, match="is there already"):
        write_key(tmp_path / "k")
    assert (tmp_path / "k").read_bytes() == before


def fill_log(data_dir: Path, events: list[tuple[str, dict[str, Any]]]) -> None:
    async def main() -> None:
        writer = open_writer(data_dir, "events", "gateway-0", LogSettings(segment_bytes=2000))
        for source, event in events:
            raw = msgspec.Raw(json.dumps(event).encode())
            await writer.append(
                [encode_received(Received("2026-01-02T03:04:05.678Z", "203.0.113.7", source, raw))]
            )
        await writer.close()

    asyncio.run(main())


def test_the_last_events_of_a_source_are_found_across_segments_in_order(tmp_path: Path) -> None:
    fill_log(tmp_path, [("web" if n % 2 else "app", {"type": "page", "n": n}) for n in range(100)])
    assert [event["n"] for _, event in recent_events(tmp_path, "web", 30)] == list(range(41, 100, 2))
    assert [event["n"] for _, event in recent_events(tmp_path, None, 3)] == [97, 98, 99]
    assert len(list(recent_events(tmp_path, "web", 1000))) == 50
    assert list(recent_events(tmp_path / "nothing", None, 5)) == []


def test_a_profile_can_be_tried_on_what_came_lately(tmp_path: Path) -> None:
    opened = project(tmp_path, "none")
    fill_log(opened.data_dir, [("web", {"type": "page", "userId": "u", "properties": {"note": "x"}})] * 3)
    found = preview_privacy(opened, "web", "product", 2, values=False)
    assert (found.events, found.changed) == (2, 2)
    assert preview_privacy(opened, "web", None, 2, values=False).changed == 0
    with pytest.raises(UsageError, match=r"no source 'app' .valid: web"):
        preview_privacy(opened, "app", None, 2, values=False)
    with pytest.raises(ConfigError, match="--profile: there is no privacy profile 'gone'"):
        preview_privacy(opened, "web", "gone", 2, values=False)


def test_a_doctor_says_which_rules_hold_and_what_they_lack() -> None:
    mine = resolve_profile("mine", {"mine": ProfileSettings(extends="product")})
    findings = list(check_profiles({"web": mine, "app": BUILT_IN["none"]}, has_key=False))
    assert [finding.result for finding in findings] == ["ok", "warn", "warn"]
    assert findings[0].found == "web: mine; app: none"
    assert [f.result for f in check_profiles({"web": mine}, has_key=True)] == ["ok"]
    assert list(check_profiles({}, has_key=False)) == []
