"""Addresses in rows of source systems become the pseudonyms that the gateway writes."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from mainstem.assemble.demo.project import demo_project
from mainstem.assemble.privacy import read_privacy
from mainstem.assemble.project import open_project
from mainstem.assemble.system_rows import private_rows
from mainstem.privacy import pseudonym
from mainstem.simulate.world import Change, Day

if TYPE_CHECKING:
    from pathlib import Path

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def day(*rows: dict[str, Any] | None) -> Day:
    return Day(date(2026, 3, 1), [], [Change(NOON, "crm", "leads", "l", row) for row in rows], [])


def test_an_address_joins_with_the_same_one_in_an_event_and_is_gone(tmp_path: Path) -> None:
    project = demo_project(tmp_path / "p")
    keys = read_privacy(project).keys
    assert keys is not None
    [private] = private_rows(project, [day({"id": "l", "email": " Ana@Shop.example", "name": "Ana"}, None)])
    rows = [change.row for change in private.changes]
    assert rows == [{"id": "l", "email": pseudonym(keys, "ana@shop.example"), "name": "Ana"}, None]


def test_no_address_stays_no_address(tmp_path: Path) -> None:
    project = demo_project(tmp_path / "p")
    [private] = private_rows(project, [day({"id": "l", "email": None}, {"id": "m", "name": "x"})])
    assert [change.row for change in private.changes] == [
        {"id": "l", "email": None},
        {"id": "m", "name": "x"},
    ]


def test_without_a_key_addresses_stay_as_they_are_in_events_too(tmp_path: Path) -> None:
    (tmp_path / "mainstem.toml").write_text('[project]\nname = "P"\ndata_dir = "data"\n')
    rows = day({"id": "l", "email": "ana@shop.example"})
    assert list(private_rows(open_project(tmp_path), [rows])) == [rows]
