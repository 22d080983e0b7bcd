"""What the twelve tasks come to, wherever they run; seen on real Airflow, and asked of it again by
`make test-all`."""

from __future__ import annotations

from tests.parity.reports import RunReport, TaskReport

_EXTRACTED = (
    "| {{ this is no template }} {% nor this %}",
    "| $(HOME) $$(HOME) $$",
    "| plain",
    "| {{ odd }} $(PLAIN) $$",
    "| Zürich → 雪",
    "| try 1 of extract",
    "| token ***",
    "| password ***",
    "| no newline at its end",
)
_NEVER = TaskReport("upstream_failed", 0, (), ())


def _once(state: str, exit_code: int | None, *lines: str) -> TaskReport:
    return TaskReport(state, 1, (exit_code,), (lines,))


TWELVE = RunReport(
    states={"twelve": "failed", "after": "success"},
    tasks={
        "twelve.extract": _once("success", 0, *_EXTRACTED),
        "twelve.with_node": _once("success", 0, "| node says twelve"),
        "twelve.with_shell": _once("success", 0, "| one", "| two"),
        "twelve.flaky": TaskReport("success", 2, (3, 0), (("| try 1",), ("| try 2", "| well"))),
        "twelve.broken": TaskReport("failed", 2, (7, 7), (("| breaks",), ("| breaks",))),
        "twelve.never_reached": _NEVER,
        "twelve.clean_up": _once("success", 0, "| cleans"),
        "twelve.warn": _once("success", 0, "| warns"),
        "twelve.too_slow": _once("failed", 137, "| started"),
        "twelve.too_hungry": _once("failed", 137, "| eats"),
        "twelve.nothing_new": _once("skipped", 99, "| nothing new"),
        "twelve.publish": _once("success", 0, "| published"),
        "after.report": _once("success", 0, "| reports"),
    },
    alerts=(
        ("twelve missed its SLA of 2s", ""),
        ("twelve.broken failed", "exit 7 · try 2 of 2"),
        ("twelve.broken failed, is tried again", "exit 7 · try 1 of 2"),
        ("twelve.flaky failed, is tried again", "exit 3 · try 1 of 3"),
        ("twelve.too_hungry failed", "killed: out of memory · try 1 of 1"),
        ("twelve.too_slow failed", "timed out after 3 s · try 1 of 1"),
    ),
)
