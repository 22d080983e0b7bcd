"""Which company a demo holds: the same on every run, ending the day before its first one."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import msgspec
import pytest

from mainstem.assemble.demo.company import Company, Planned, demo_company
from mainstem.assemble.demo.project import demo_project
from mainstem.assemble.simulate import company_days
from mainstem.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mainstem.simulate.world import Day

COMPANY = Company(seed=4, months=3, size=10, last_day=date(2026, 3, 20), services=())


def days_of(company: Company) -> Iterator[Day]:
    return company_days(company.playing, company.months, company.last_day)


def test_history_holds_so_many_months_and_ends_with_the_last_day() -> None:
    days = [day.day for day in days_of(COMPANY)]
    assert (days[0], days[-1]) == (date(2026, 1, 1), date(2026, 3, 20))


def test_what_is_planned_is_what_the_days_hold_each_message_once_and_no_merge() -> None:
    company = Company(seed=5, months=10, size=60, last_day=date(2026, 3, 20), services=())
    plan = Planned()
    events = []
    for day in days_of(company):
        plan.note(day)
        events += [event.message for event in day.events]
    merges = {message["messageId"] for message in events if message["type"] == "merge"}
    assert merges
    assert plan.messages == {message["messageId"] for message in events} - merges
    assert len(events) > len(plan.messages)
    assert plan.through == company.last_day


def test_a_later_run_keeps_the_company_and_refuses_another(tmp_path: Path) -> None:
    project = demo_project(tmp_path / "p")
    first = demo_company(project, 4, 3, 10)
    assert demo_company(project, 4, 3, 10) == first
    with pytest.raises(UsageError, match="seed=4 months=3 size=10; keep these"):
        demo_company(project, 4, 3, 11)


def test_a_company_whose_rows_other_connectors_brought_is_of_another_demo(tmp_path: Path) -> None:
    project = demo_project(tmp_path / "p")
    demo_company(project, 4, 3, 10)
    file = project.data_dir / "company.json"
    kept = msgspec.json.decode(file.read_bytes())
    file.write_bytes(msgspec.json.encode({**kept, "services": ["zendesk"]}))
    with pytest.raises(UsageError, match=r"its services were zendesk.*begin anew"):
        demo_company(project, 4, 3, 10)


def test_a_company_of_an_older_demo_is_told_apart_from_a_broken_one(tmp_path: Path) -> None:
    project = demo_project(tmp_path / "p")
    project.data_dir.mkdir(parents=True)
    (project.data_dir / "company.json").write_text('{"seed": 1, "days": 90}')
    with pytest.raises(UsageError, match=r"company\.json is of another version of the demo .* begin anew"):
        demo_company(project, 4, 3, 10)
