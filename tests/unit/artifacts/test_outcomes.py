"""dbt's run results, and the newest word of several builds."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from mainstem.artifacts import Outcome, Outcomes, newest_words, read_outcomes

BEGAN = datetime(2026, 3, 2, 9, tzinfo=UTC)


def results(at: str = "2026-03-02T09:05:00Z") -> bytes:
    return json.dumps(
        {
            "metadata": {"generated_at": at},
            "args": {"full_refresh": True},
            "results": [
                {
                    "unique_id": "model.shop.orders",
                    "status": "success",
                    "execution_time": 1.5,
                    "compiled_code": "select 1",
                    "timing": [{"name": "execute", "started_at": "2026-03-02T09:01:00Z"}],
                },
                {
                    "unique_id": "test.shop.unique",
                    "status": "fail",
                    "failures": 3,
                    "message": "Got 3\n results",
                },
            ],
        }
    ).encode()


def test_models_keep_their_sql_and_tests_what_they_found() -> None:
    found = read_outcomes(results(), BEGAN).nodes
    assert found["model.shop.orders"].sql == "select 1"
    assert found["model.shop.orders"].full
    assert found["test.shop.unique"].failed
    assert (found["test.shop.unique"].failures, found["test.shop.unique"].message) == (3, "Got 3 results")


def test_results_of_a_run_before_are_none() -> None:
    assert read_outcomes(results("2026-03-02T08:59:00Z"), BEGAN) == Outcomes()


def test_the_newest_word_counts_and_a_skipped_node_keeps_its_own() -> None:
    said = newest_words(
        [
            (1, Outcomes(nodes={"a": Outcome(status="pass"), "b": Outcome(status="pass")})),
            (2, Outcomes(nodes={"a": Outcome(status="fail"), "b": Outcome(status="skipped")})),
        ]
    )
    assert (said.nodes["a"].status, said.nodes["a"].build) == ("fail", 2)
    assert (said.nodes["b"].status, said.nodes["b"].build) == ("pass", 1)
