"""What an activation reads when its source is a cohort."""

from __future__ import annotations

from contextlib import closing

import pytest

from mainstem.activate.definition import Activation, Mapped, Match, Source
from mainstem.activate.source import WarehouseRows
from mainstem.errors import UsageError
from mainstem.testing.warehouse import MemoryWarehouse

KEPT = {"left-early": True, "new-this-week": False}


def rows_of(cohort: str) -> list[object]:
    activation = Activation(
        name="marks",
        source=Source(cohort=cohort),
        destination="crm",
        object="Account",
        match=Match(column="id", to="Key"),
        fields=(Mapped(column="cohort", to="Cohort"),),
    )
    with closing(MemoryWarehouse()) as warehouse:
        warehouse.query("CREATE SCHEMA cohorts")
        warehouse.query("CREATE TABLE cohorts.members AS SELECT 'a' AS id, 'left-early' AS cohort")
        return [row["id"] for row in WarehouseRows(activation, warehouse, "main", None, KEPT)]


def test_members_of_the_cohort_are_its_rows() -> None:
    assert rows_of("left-early") == ["a"]


def test_a_misspelt_cohort_is_an_error_that_names_those_there_are_and_never_an_empty_source() -> None:
    said = r"marks: there is no cohort 'left-erly', but 'left-early'; there are: left-early, new-this-week"
    with pytest.raises(UsageError, match=said):
        rows_of("left-erly")


def test_a_cohort_that_was_never_brought_into_the_lake_is_an_error_that_says_how() -> None:
    with pytest.raises(
        UsageError, match=r"'new-this-week' are not in the lake yet; `mainstem cohorts refresh`"
    ):
        rows_of("new-this-week")
