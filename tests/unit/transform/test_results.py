from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from mainstem.transform.results import NodeResult, read_results

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

BEGAN = datetime(2026, 3, 1, 12, tzinfo=UTC)


def written(folder: Path, *results: dict[str, Any]) -> Path:
    file = folder / "run_results.json"
    generated = (BEGAN + timedelta(minutes=1)).isoformat().replace("+00:00", "Z")
    file.write_text(json.dumps({"metadata": {"generated_at": generated}, "results": results, "args": {}}))
    return file


def test_each_node_comes_with_its_sql_time_and_rows(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        {
            "unique_id": "model.company.orders",
            "status": "success",
            "execution_time": 0.5,
            "compiled_code": "select 1",
            "timing": [
                {"name": "compile", "started_at": "2026-03-01T12:00:01Z"},
                {"name": "execute", "started_at": "2026-03-01T12:00:02Z"},
            ],
            "adapter_response": {"_message": "OK", "rows_affected": 7},
        },
        {
            "unique_id": "snapshot.company.history",
            "status": "error",
            "execution_time": 0.1,
            "message": "broken",
        },
    )
    model, failed = read_results(file, BEGAN)
    assert model == NodeResult("orders", "select 1", 0.5, BEGAN + timedelta(seconds=2), 7, None)
    assert (failed.node, failed.error, failed.at, failed.rows) == ("history", "broken", None, None)


def test_what_was_not_run_and_tests_are_left_out(tmp_path: Path) -> None:
    skipped = {"unique_id": "model.company.orders", "status": "skipped", "execution_time": 0}
    test = {"unique_id": "test.company.unique_orders_id.ab12", "status": "pass", "execution_time": 0.1}
    file = written(tmp_path, skipped, test)
    assert read_results(file, BEGAN) == ()


def test_results_of_an_earlier_run_are_not_taken_for_this_one(tmp_path: Path) -> None:
    file = written(tmp_path, {"unique_id": "model.company.orders", "status": "success", "execution_time": 1})
    assert read_results(file, BEGAN + timedelta(minutes=2)) == ()
    assert read_results(tmp_path / "missing.json", BEGAN) == ()


def test_a_file_that_does_not_read_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = tmp_path / "run_results.json"
    file.write_text("{")
    assert read_results(file, BEGAN) == ()
    assert "dbt's results cannot be read" in caplog.text
