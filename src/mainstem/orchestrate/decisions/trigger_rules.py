"""Whether a task may run, after what became of the tasks that it depends on: Airflow's trigger rules.

Promise: one function of counts for each rule, with Airflow's answers (3.3, `trigger_rule_dep`). Some are
decided before everything upstream has ended: `all_success` gives up at the first failure. A removed task
counts as done, and for no more than its rule says.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from mainstem.manifest import FINISHED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from mainstem.manifest import TaskState, TriggerRule

Verdict = Literal["run", "skipped", "upstream_failed"]
"""`skipped` and `upstream_failed` are the states that it gets."""


@dataclass(frozen=True)
class Upstream:
    """How many of the tasks directly before it came to what."""

    tasks: int
    success: int = 0
    skipped: int = 0
    failed: int = 0
    upstream_failed: int = 0
    removed: int = 0

    @classmethod
    def of(cls, states: Iterable[TaskState | None]) -> Upstream:
        counts = Counter(states)
        return cls(tasks=counts.total(), **{str(state): counts[state] for state in FINISHED})

    @property
    def failures(self) -> int:
        return self.failed + self.upstream_failed

    @property
    def ended(self) -> bool:
        return self.success + self.skipped + self.failures + self.removed >= self.tasks


def verdict(rule: TriggerRule, upstream: Upstream) -> Verdict | None:
    """None: nothing can be said yet."""
    if not upstream.tasks:
        return "run"
    return _RULES[rule](upstream)


def _all_success(up: Upstream) -> Verdict | None:
    if up.failures:
        return "upstream_failed"
    if up.skipped:
        return "skipped"
    return "run" if up.ended else None


def _all_failed(up: Upstream) -> Verdict | None:
    if up.success or up.skipped:
        return "skipped"
    return "run" if up.ended else None


def _all_done(up: Upstream) -> Verdict | None:
    return "run" if up.ended else None


def _all_done_min_one_success(up: Upstream) -> Verdict | None:
    if up.skipped:
        return "skipped"
    if not up.ended:
        return None
    return "run" if up.success else "upstream_failed"


def _all_skipped(up: Upstream) -> Verdict | None:
    if up.success or up.failures:
        return "skipped"
    return "run" if up.skipped == up.tasks else None


def _one_success(up: Upstream) -> Verdict | None:
    if up.success:
        return "run"
    if not up.ended:
        return None
    return "skipped" if up.skipped == up.tasks else "upstream_failed"


def _one_failed(up: Upstream) -> Verdict | None:
    if up.failures:
        return "run"
    return "skipped" if up.ended else None


def _one_done(up: Upstream) -> Verdict | None:
    if up.success or up.failed:
        return "run"
    return "skipped" if up.ended else None


def _none_failed(up: Upstream) -> Verdict | None:
    if up.failures:
        return "upstream_failed"
    return "run" if up.ended else None


def _none_failed_min_one_success(up: Upstream) -> Verdict | None:
    if up.failures:
        return "upstream_failed"
    if up.skipped == up.tasks:
        return "skipped"
    if not up.ended:
        return None
    return "run" if up.success else "upstream_failed"


def _none_skipped(up: Upstream) -> Verdict | None:
    if up.skipped:
        return "skipped"
    return "run" if up.ended else None


def _always(up: Upstream) -> Verdict | None:
    return "run"


_RULES: Mapping[TriggerRule, Callable[[Upstream], Verdict | None]] = {
    "all_success": _all_success,
    "all_failed": _all_failed,
    "all_done": _all_done,
    "all_done_min_one_success": _all_done_min_one_success,
    "all_skipped": _all_skipped,
    "one_success": _one_success,
    "one_failed": _one_failed,
    "one_done": _one_done,
    "none_failed": _none_failed,
    "none_failed_min_one_success": _none_failed_min_one_success,
    "none_skipped": _none_skipped,
    "always": _always,
}
