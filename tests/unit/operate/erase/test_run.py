"""The steps of an erasure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.errors import WarehouseBusy
from mainstem.operate.erase import Job, JobFile, Report, Sought, Step, perform

if TYPE_CHECKING:
    from pathlib import Path


def busy() -> dict[str, int]:
    raise WarehouseBusy("later")


def test_what_fails_keeps_back_only_what_needs_it() -> None:
    steps = [
        Step("a", busy),
        Step("b", lambda: {"rows": 1}, needs=("a",)),
        Step("c", lambda: {"rows": 2}),
    ]
    told: list[str] = []
    report = perform(steps, told.append)
    assert (report.done, report.failed) == ({"c": {"rows": 2}}, {"a": "later", "b": "waits for: a"})
    assert told == ["a", "c"]
    assert not report.is_complete


def test_two_rounds_are_counted_together_and_the_last_says_what_failed() -> None:
    first = Report({"a": {"rows": 1}}, {"b": "later"})
    both = first.followed_by(Report({"a": {"rows": 2}, "b": {"files": 3}}))
    assert (both.done, both.failed) == ({"a": {"rows": 3}, "b": {"files": 3}}, {})


def test_a_job_is_kept_for_its_owner_alone_until_it_is_removed(tmp_path: Path) -> None:
    file = JobFile(tmp_path / "privacy", "abc")
    assert file.read() is None
    job = Job(("u1",), Sought(("u1",), ("b",)), "2026-03-01T00:00:00.000Z")
    file.write(job)
    assert file.read() == job
    assert file.path.stat().st_mode & 0o077 == 0
    file.remove()
    file.remove()
    assert file.read() is None
