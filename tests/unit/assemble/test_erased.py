"""The ledger of erased people in a project's data folder."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import msgspec
import pytest

from mainstem.assemble.erased import LedgerWatch, enter_in_ledger, erasures_folder, ledger_file, load_ledger
from mainstem.assemble.privacy import admission
from mainstem.assemble.project import open_project
from mainstem.errors import EnvironmentFailure
from mainstem.events import Dropped, Received, Sending, encode_received
from mainstem.operate.erase.sought import sought

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.assemble.project import Project

AT = "2026-03-01T00:00:00.000Z"
TOML = '[[sources]]\nid = "web"\nname = "Web"\nwrite_keys = ["k"]\nprivacy = "none"\n'


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "mainstem.toml").write_text(TOML)
    return open_project(tmp_path)


def record(user_id: str, received_at: str = AT) -> bytes:
    raw = msgspec.Raw(json.dumps({"type": "track", "userId": user_id}).encode())
    return encode_received(Received(received_at, "", "web", raw))


def test_nobody_is_kept_out_until_somebody_was_erased(project: Project) -> None:
    assert load_ledger(project) is None
    assert LedgerWatch(project).judge() is None
    assert admission(project)(project.sources()[0]).steps == ()


def test_an_erased_person_is_kept_out_by_gateway_and_loader_from_then_on(project: Project) -> None:
    watch = LedgerWatch(project)
    assert watch.judge() is None
    assert enter_in_ledger(project, sought(["u1"], None).person, AT) == 1
    assert enter_in_ledger(project, sought(["u1"], None).person, AT) == 0
    assert enter_in_ledger(project, sought(["u1", "u2"], None).person, AT) == 1
    judge = watch.judge()
    assert judge is not None
    assert [judge(record(one)) for one in ("u1", "u2", "u3")] == [True, True, False]
    assert not judge(b"no record")
    feature = admission(project)(project.sources()[0])
    [step] = feature.steps
    assert step({"userId": "u1"}, Sending("", AT, {})) == Dropped("suppressed")
    assert ledger_file(project) in feature.files


def test_with_return_only_older_records_are_kept_out(tmp_path: Path) -> None:
    (tmp_path / "mainstem.toml").write_text(TOML + '[privacy]\nerased = "return"\n')
    project = open_project(tmp_path)
    enter_in_ledger(project, sought(["u1"], None).person, AT)
    judge = LedgerWatch(project).judge()
    assert judge is not None
    assert judge(record("u1", "2026-02-01T00:00:00.000Z"))
    assert not judge(record("u1", "2026-04-01T00:00:00.000Z"))


def test_a_ledger_without_its_key_is_told_and_not_passed_over(project: Project) -> None:
    enter_in_ledger(project, sought(["u1"], None).person, AT)
    key = erasures_folder(project) / "erased.key"
    assert key.stat().st_mode & 0o077 == 0
    key.unlink()
    with pytest.raises(EnvironmentFailure, match=r"its key .* is gone"):
        load_ledger(project)
    with pytest.raises(EnvironmentFailure, match=r"its key .* is gone"):
        enter_in_ledger(project, sought(["u2"], None).person, AT)


def test_a_ledger_that_is_none_names_the_line(project: Project) -> None:
    enter_in_ledger(project, sought(["u1"], None).person, AT)
    with ledger_file(project).open("a") as file:
        file.write("u2\n")
    with pytest.raises(EnvironmentFailure, match="line 2 is no line"):
        load_ledger(project)
