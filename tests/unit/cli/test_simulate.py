from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from mainstem.cli.simulate import command, span
from mainstem.errors import UsageError
from mainstem.events import Source
from mainstem.testing.gateway import RecordingLog
from mainstem.testing.gateway_thread import gateway

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result


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


def play(*more: str) -> Result:
    return CliRunner().invoke(command, ["play", "--data-plane", "http://127.0.0.1:9", *more])


def test_a_key_without_its_source_or_a_rate_beside_a_clock_is_refused(tmp_path: Path) -> None:
    state = ["--state", str(tmp_path / "state.json")]
    assert (
        "'abc' is no SOURCE=KEY; write one such as website=wk_1" in play("--write-key", "abc", *state).output
    )
    refused = play("--rate", "5", "--clock", "2", *state)
    assert isinstance(refused.exception, UsageError)
    assert "contradict each other" in str(refused.exception)
    lacking = play("--write-key", "website=a", *state)
    assert "the source servers has no write key" in str(lacking.exception)
    assert list(tmp_path.iterdir()) == []


def test_a_company_is_played_once_and_the_next_call_goes_on_from_there(tmp_path: Path) -> None:
    log = RecordingLog()
    sources = tuple(Source(name, name, (f"key-{name}",)) for name in ("website", "servers"))
    keys = [part for source in sources for part in ("--write-key", f"{source.id}={source.write_keys[0]}")]
    with gateway(lambda: (log, RecordingLog()), sources=sources) as (url, _):
        arguments = [
            "play",
            "--data-plane",
            url,
            *keys,
            "--size",
            "5",
            "--state",
            str(tmp_path / "state.json"),
        ]
        first = CliRunner().invoke(command, [*arguments, "--months", "1"], catch_exceptions=False)
        events = len(log.records)
        again = CliRunner().invoke(command, [*arguments, "--months", "1"], catch_exceptions=False)
        assert len(log.records) == events
        more = CliRunner().invoke(command, [*arguments, "--months", "2"], catch_exceptions=False)
    assert f"31 days through 2020-01-31: {events:,} events acknowledged" in first.output
    assert "blocked by browsers" in first.output
    assert "0 days through 2020-01-31: 0 events acknowledged" in again.output
    assert "29 days through 2020-02-29" in more.output
    assert len(log.records) > events
