"""What is over again: a runner that was silent, a DAG that did not run, a manifest that could not be read, a
stream that was too old, a plan that nobody looked at.

Promise: one `recovery` for each that was told of, once it is certainly over, to those who were told of it.
Where nobody can say, as of a runner that nothing needs any more, none is told.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from mainstem.orchestrate.alerts import reviews
from mainstem.orchestrate.alerts.absent import overdue
from mainstem.orchestrate.alerts.syncs import OLDER, stale
from mainstem.orchestrate.alerts.wording import age
from mainstem.store.runs import Alert

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.orchestrate.alerts.settings import AlertSettings
    from mainstem.orchestrate.alerts.sight import Pointers, Sight

_OF_A_RUNNER = ("runner", "overdue")


def ended_absences(sight: Sight, settings: AlertSettings, pointers: Pointers) -> Iterator[Alert]:
    """`recovery` for each alert of `sight.standing` that is over."""
    late = {alert.dag_id for alert in overdue(sight, settings, pointers)}
    late_still = {_what(alert) for alert in stale(sight, settings, pointers)}
    for told in sight.standing:
        title = None
        if told.kind == "manifest" and not sight.manifest_problem:
            title = "the manifest can be read again: changes to what is run count"
        elif told.kind in _OF_A_RUNNER and not sight.is_run_here:
            continue
        elif told.kind == "freshness":
            title = None if _what(told) in late_still else _of_stream(sight, told)
        elif told.kind == "review":
            title = reviews.over(sight, told)
        elif told.kind == "runner" and _one_works(sight, settings):
            title = "the runner is heard of again"
        elif told.kind == "overdue" and told.dag_id not in late:
            title = _of_dag(sight, told.dag_id)
        if title is not None:
            yield Alert(
                key=f"over:{told.key}",
                at=sight.now,
                kind="recovery",
                dag_id=told.dag_id,
                title=title,
                body=f"{age(sight.now, told.at)} after it was told: {told.title}\n"
                + (pointers.dag(told.dag_id) if told.dag_id else f"{pointers.link}/dags"),
            )


def _what(told: Alert) -> str:
    """The stream, or the connector, that an alert of freshness is about."""
    return told.title.partition(OLDER)[0]


def _of_stream(sight: Sight, told: Alert) -> str:
    if all(one.dag_id != told.dag_id for one in sight.connectors):
        return f"{_what(told)} is not waited for any more: its connector left the settings"
    return f"{_what(told)} is fresh again"


def _one_works(sight: Sight, settings: AlertSettings) -> bool:
    patience = timedelta(seconds=settings.runner_silent_after_s)
    return any(one.ended_at is None and sight.now - one.heartbeat_at <= patience for one in sight.runners)


def _of_dag(sight: Sight, dag_id: str) -> str:
    known = sight.dags.get(dag_id)
    if known is None:
        return f"{dag_id} is not waited for any more: it left the manifest"
    if known.is_paused:
        return f"{dag_id} is not waited for any more: it was paused"
    return f"{dag_id} is on time again: no tick waits for its run"
