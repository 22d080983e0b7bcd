from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from mainstem.errors import WarehouseBusy
from mainstem.operate.upkeep import Reason
from mainstem.operate.upkeep.standing import LakeStanding, TableStanding
from mainstem.store.upkeep import KeptStep
from mainstem.warehouse.upkeep import Leftovers
from mainstem.web.auth import Role
from mainstem.web.lake import WHY, size_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.testclient import TestClient

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
STANDING = LakeStanding(
    tables=(
        TableStanding("mainstem.load_offsets", 86_400, 3, 4_100, NOW, None),
        TableStanding("web.pages", 1_234_567, 12, 3_210_000_000, NOW, NOW - timedelta(minutes=1)),
        TableStanding("web.users", 0, 0, 0, None, None),
    ),
    snapshots=2_301,
    kept={Reason.NEWEST: 1, Reason.RECENT: 2_200, Reason.DAILY: 30},
    oldest=NOW - timedelta(days=30),
    leftovers=Leftovers(42, NOW - timedelta(minutes=20), NOW - timedelta(minutes=3)),
    dumps=(NOW - timedelta(hours=5),),
    steps=(
        KeptStep(NOW, "merge", "web.pages", 40, 12, 9_000, 8_000, 1_234_567, 0.05, id=2),
        KeptStep(NOW, "rewrite", "web.users", 2, 2, problem="another <transaction> was in the way", id=1),
        KeptStep(NOW, "expire", "", 2_400, 2_301, seconds=0.2, id=0),
    ),
)


class Lake:
    def __init__(self) -> None:
        self.now: LakeStanding | Exception = STANDING

    def standing(self) -> LakeStanding:
        if isinstance(self.now, Exception):
            raise self.now
        return self.now


@pytest.fixture
def lake() -> Lake:
    return Lake()


@pytest.fixture
def web(company: Any, make_web: Callable[..., Any], lake: Lake) -> Any:
    return make_web(company, lake=lake)


def text(client: TestClient, path: str = "/warehouse") -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.text


def test_tables_are_shown_with_rows_size_files_and_when_they_grew(web: Any) -> None:
    page = text(web.client)
    for shown in (
        "web.pages",
        "1,234,567",
        "3.2 GB",
        "102,880",
        "86,400",
        "4.1 kB",
        "2026-03-10 11:59:00 UTC",
    ):
        assert shown in page


def test_snapshots_are_shown_with_why_they_are_kept(web: Any) -> None:
    page = text(web.client)
    assert "of the last hours" in page
    assert "2,200" in page
    assert "70 go with the next round" in page
    assert set(WHY) == set(Reason)


def test_what_upkeep_did_and_could_not_do_is_shown(web: Any) -> None:
    page = text(web.client)
    assert "40 files" in page
    assert "2,400 snapshots" in page
    assert "another &lt;transaction&gt; was in the way" in page


def test_tables_are_ordered_by_the_address(web: Any) -> None:
    page = text(web.client, "/warehouse?sort=-rows")
    assert page.index(">web.pages<") < page.index(">mainstem.load_offsets<") < page.index(">web.users<")
    page = text(web.client, "/warehouse?sort=merged_at")
    assert page.rindex(">web.pages<") > page.index(">web.users<")


def test_an_empty_lake_says_what_will_be_here(web: Any, lake: Lake) -> None:
    lake.now = replace(
        STANDING, tables=(), steps=(), dumps=(), oldest=None, leftovers=Leftovers(0, None, None), kept={}
    )
    page = text(web.client)
    assert "No tables yet" in page
    assert "Upkeep has done nothing yet" in page


def test_a_lake_that_does_not_answer_is_told(web: Any, lake: Lake) -> None:
    lake.now = WarehouseBusy("the lake's catalog does not answer")
    answer = web.client.get("/warehouse")
    assert answer.status_code == 503
    assert "does not answer" in answer.text


def test_it_is_for_administrators(web: Any) -> None:
    assert web.logged_in("dev@example.org", Role.DEVELOPER).get("/warehouse").status_code == 403
    assert 'href="/warehouse"' in text(web.client, "/dashboards")


def test_a_server_without_a_lake_has_no_such_page(company: Any, make_web: Callable[..., Any]) -> None:
    assert make_web(company).client.get("/warehouse").status_code == 404


@pytest.mark.parametrize(
    ("count", "shown"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (3_210_000_000, "3.2 GB"), (5 * 10**15, "5000.0 TB")],
)
def test_sizes_read_as_people_write_them(count: int, shown: str) -> None:
    assert size_of(count) == shown
