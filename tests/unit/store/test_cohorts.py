from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mainstem.store.cohorts import COHORTS, COUNTS, MEMBERS, Cohorts, KeptCohort

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from mainstem.store import Database
    from mainstem.store.table import Table


@pytest.mark.parametrize("table", [COHORTS, COUNTS, MEMBERS], ids=lambda table: table.name)
def test_the_tables_are_as_the_repository_reads_them(
    columns_of: Callable[[Table], dict[str, str]], table: Table
) -> None:
    assert columns_of(table) == table.columns


def test_an_erased_unit_leaves_every_cohort_and_the_lake_is_to_be_written_anew(
    database: Database, now: datetime
) -> None:
    cohorts = Cohorts(database)
    for name in ("one", "two", "other"):
        cohorts.make(
            KeptCohort(
                name,
                name,
                "",
                "ada",
                "person",
                "shop",
                ["events"],
                False,
                {},
                {},
                {},
                now,
                None,
                None,
                "",
                None,
            )
        )
        cohorts.counted(name, now, ["b"] if name == "other" else ["a", "b"], 0.1, {})
        cohorts.shown_in_lake(name, now)
    assert cohorts.forget(["a", "nobody"]) == 2
    assert [(one.name, one.size, one.in_lake) for one in cohorts.all()] == [
        ("one", 1, None),
        ("other", 1, now),
        ("two", 1, None),
    ]
    assert [member.id for member in cohorts.members("one")] == ["b"]
