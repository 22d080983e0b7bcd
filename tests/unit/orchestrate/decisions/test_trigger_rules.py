from __future__ import annotations

from collections import Counter
from itertools import combinations_with_replacement
from typing import TYPE_CHECKING, get_args

import pytest

from mainstem.manifest import TaskState, TriggerRule
from mainstem.orchestrate.decisions import Upstream, verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

State = TaskState | None
RULES = get_args(TriggerRule)
STATES: tuple[State, ...] = ("success", "failed", "upstream_failed", "skipped", "removed", None, "running")
ENDED: tuple[State, ...] = ("success", "failed", "upstream_failed", "skipped", "removed")
SHORT: dict[str, State] = {
    "S": "success",
    "F": "failed",
    "U": "upstream_failed",
    "K": "skipped",
    "R": "removed",
    ".": None,
}
EXPECTED: dict[str, dict[str, str | None]] = {
    # One letter for each task before it; `run`, the state that it gets, or None: wait.
    "all_success": {
        "SS": "run", "SR": "run", "S.": None, "F.": "upstream_failed", "U.": "upstream_failed",
        "K.": "skipped", "FK": "upstream_failed", "SK": "skipped", "RR": "run",
    },
    "all_failed": {
        "FF": "run", "FU": "run", "F.": None, "S.": "skipped", "K.": "skipped", "FR": "run", "FK": "skipped",
    },
    "all_done": {"SF": "run", "KU": "run", "RR": "run", "S.": None, "F.": None},
    "all_done_min_one_success": {
        "SF": "run", "SS": "run", "FU": "upstream_failed", "SK": "skipped", "K.": "skipped", "S.": None,
        "SR": "run", "FR": "upstream_failed", "RR": "upstream_failed",
    },
    "all_skipped": {"KK": "run", "K.": None, "S.": "skipped", "KF": "skipped", "U.": "skipped", "KR": None},
    "one_success": {
        "S.": "run", "F.": None, "FF": "upstream_failed", "KK": "skipped", "KF": "upstream_failed",
        "SF": "run", "KR": "upstream_failed", "K.": None,
    },
    "one_failed": {"F.": "run", "U.": "run", "SS": "skipped", "S.": None, "KK": "skipped", "RR": "skipped"},
    "one_done": {
        "S.": "run", "F.": "run", "U.": None, "K.": None, "KK": "skipped", "UU": "skipped",
        "RR": "skipped",
    },
    "none_failed": {
        "SK": "run", "KK": "run", "F.": "upstream_failed", "SU": "upstream_failed", "S.": None, "KR": "run",
    },
    "none_failed_min_one_success": {
        "SK": "run", "SS": "run", "KK": "skipped", "F.": "upstream_failed", "S.": None, "K.": None,
        "KR": "upstream_failed", "RR": "upstream_failed", "SR": "run",
    },
    "none_skipped": {"SF": "run", "UU": "run", "K.": "skipped", "S.": None, "SR": "run"},
    "always": {"..": "run", "F.": "run", "KK": "run"},
}  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "upstream", "expected"),
    [(rule, upstream, said) for rule, rows in EXPECTED.items() for upstream, said in rows.items()],
)
def test_a_rule_says_what_airflow_says(rule: TriggerRule, upstream: str, expected: str | None) -> None:
    assert verdict(rule, Upstream.of(SHORT[letter] for letter in upstream)) == expected


def test_every_rule_is_in_the_table() -> None:
    assert set(EXPECTED) == set(RULES)


@pytest.mark.parametrize("rule", RULES)
def test_a_task_that_depends_on_nothing_runs(rule: TriggerRule) -> None:
    assert verdict(rule, Upstream.of([])) == "run"


def _combinations() -> Iterator[tuple[State, ...]]:
    for size in (1, 2, 3, 4):
        yield from combinations_with_replacement(STATES, size)


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_means_its_sentence_over_all_upstream_states_of_up_to_four_tasks(rule: TriggerRule) -> None:
    """`run` just where what Airflow documents holds; once all have ended there is an answer."""
    for states in _combinations():
        said = verdict(rule, Upstream.of(states))
        assert (said == "run") == _sentence(rule, states), states
        if all(state in ENDED for state in states) and (rule != "all_skipped" or "removed" not in states):
            assert said is not None, states


@pytest.mark.parametrize("rule", RULES)
def test_what_was_said_stays_right_whatever_the_others_come_to(rule: TriggerRule) -> None:
    """A state is given early only when the rest cannot make the rule come true any more."""
    for states in _combinations():
        if verdict(rule, Upstream.of(states)) not in ("skipped", "upstream_failed"):
            continue
        for later in _later(states):
            assert verdict(rule, Upstream.of(later)) != "run", (states, later)


def _later(states: tuple[State, ...]) -> Iterator[tuple[State, ...]]:
    ended = [state for state in states if state in ENDED]
    for rest in combinations_with_replacement(ENDED, len(states) - len(ended)):
        yield (*ended, *rest)


def _sentence(rule: TriggerRule, states: tuple[State, ...]) -> bool:
    count = Counter(states)
    alive = [state for state in states if state != "removed"]
    done = all(state in ENDED for state in states)
    failures = count["failed"] + count["upstream_failed"]
    sentences: dict[TriggerRule, bool] = {
        "all_success": all(state == "success" for state in alive),
        "all_failed": all(state in ("failed", "upstream_failed") for state in alive),
        "all_done": done,
        "all_done_min_one_success": done and not count["skipped"] and count["success"] > 0,
        "all_skipped": all(state == "skipped" for state in states),
        "one_success": count["success"] > 0,
        "one_failed": failures > 0,
        "one_done": count["success"] + count["failed"] > 0,
        "none_failed": done and not failures,
        "none_failed_min_one_success": done and not failures and count["success"] > 0,
        "none_skipped": done and not count["skipped"],
        "always": True,
    }
    return sentences[rule]
