from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from mainstem.cli.simulate import command, span
from mainstem.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


def test_history_is_told_by_its_first_month_its_last_month_or_its_length() -> None:
    assert span(None, None, None) == (date(2020, 1, 1), 60)
    assert span(None, None, 3) == (date(2020, 1, 1), 3)
    assert span(date(2021, 5, 1), None, 7) == (date(2021, 5, 1), 7)
    assert span(None, date(2021, 2, 1), 3) == (date(2020, 12, 1), 3)
    assert span(None, date(2021, 2, 1), None) == (date(2016, 3, 1), 60)
    assert span(date(2020, 12, 1), date(2021, 2, 1), None) == (date(2020, 12, 1), 3)


def test_a_span_that_says_too_much_or_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(UsageError, match="leave one of them out"):
        span(date(2020, 1, 1), date(2020, 2, 1), 2)
    with pytest.raises(UsageError, match="2020-01 lies before --from 2020-02"):
        span(date(2020, 2, 1), date(2020, 1, 1), None)
    with pytest.raises(UsageError, match="before year 1"):
        span(None, date(1, 2, 1), 3)


def test_a_month_is_written_as_year_and_month(tmp_path: Path) -> None:
    done = CliRunner().invoke(command, ["company", str(tmp_path / "c"), "--from", "2021-13"])
    assert done.exit_code == 2
    assert "'2021-13' is no month; write one such as 2021-01" in done.output


def test_a_company_is_written_for_the_months_asked_for(tmp_path: Path) -> None:
    folder = tmp_path / "company"
    arguments = ["company", str(folder), "--until", "2024-02", "--months", "1", "--size", "2"]
    done = CliRunner().invoke(command, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    days = (folder / "truth" / "arr_days.ndjson").read_text().splitlines()
    assert len(days) == 29
    assert "2024-02-01" in days[0]
