"""A manifest run by the embedded runner."""

from __future__ import annotations

import threading
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mainstem.config import Secret
from mainstem.manifest import SecretRef
from mainstem.notify import AppriseMessenger
from mainstem.orchestrate.alerts import KINDS, AlertSettings, Lookout, Pointers, Watcher, log_tail
from mainstem.orchestrate.asking import Asking
from mainstem.store import Database, upgrade
from mainstem.store.alerts import Outbox, Sightings
from mainstem.store.runs import RunRecords, RunWriter
from mainstem.testing.messengers import WebhookReceiver, webhook_receiver
from mainstem.testing.runner import RunnerPlace, now, run_ended, running, wait_until
from tests.parity.reports import RunReport, Span, TaskReport, alert, said
from tests.parity.twelve import ADDRESS, SECRETS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest

    from mainstem.config import PostgresAddress
    from mainstem.manifest import DagRun, Manifest, TaskInstance
    from mainstem.orchestrate.runtime import Runtime


@dataclass
class Scene:
    """A runner that runs, and its records."""

    place: RunnerPlace
    records: RunRecords
    asking: Asking
    receiver: WebhookReceiver
    ran: list[DagRun] = field(default_factory=list)

    def run(self, dag_id: str) -> str:
        """Trigger a DAG and wait for its end: the run's state."""
        wait_until(lambda: self.records.dag(dag_id) is not None, "the runner has written its DAGs")
        return self._ended(dag_id, self.asking.trigger(dag_id, "parity"))

    def await_run(self, dag_id: str) -> str:
        """Wait for the end of a DAG's first run, whoever started it."""
        wait_until(lambda: bool(self.records.dag_runs(dag_id, 1)), f"{dag_id} runs")
        return self._ended(dag_id, self.records.dag_runs(dag_id, 1)[0].run_id)

    def report(self) -> RunReport:
        """Of the runs waited for."""
        instances = [one for run in self.ran for one in self.records.task_instances(run.dag_id, run.run_id)]
        return RunReport(
            {run.dag_id: run.state for run in self.ran},
            {f"{one.dag_id}.{one.task_id}": self._task(one) for one in instances},
            tuple(sorted(alert(one.title, one.body) for one in self.records.alerts(100))),
        )

    def spans(self) -> list[Span]:
        """Of every try of the runs waited for, from when it got its place."""
        tries = [one for run in self.ran for one in self.records.tries_of_run(run.dag_id, run.run_id)]
        return [
            Span(one.task_id, one.start_date.timestamp(), one.end_date.timestamp())
            for one in tries
            if one.end_date is not None
        ]

    def await_alerts(self, count: int) -> None:
        """Wait until so many were found and people were told of them."""
        found = "so many alerts are told"
        wait_until(lambda: len(self.records.alerts(100)) >= count and bool(self.receiver.posted), found)

    def _ended(self, dag_id: str, run_id: str) -> str:
        run = run_ended(self.records, dag_id, run_id, 120)
        self.ran.append(run)
        return run.state

    def _task(self, one: TaskInstance) -> TaskReport:
        tries = self.records.tries(one.dag_id, one.run_id, one.task_id)
        logs = [(self.place.runs / each.log).read_text(encoding="utf-8").splitlines() for each in tries]
        codes = tuple(each.exit_code for each in tries)
        return TaskReport(str(one.state), one.try_number, codes, tuple(said(log) for log in logs))


@contextmanager
def embedded(
    manifest: Manifest, address: PostgresAddress, folder: Path, runtime: Runtime | None = None
) -> Iterator[Scene]:
    """A runner on an empty database; it is stopped on leaving."""
    upgrade(address)
    place = RunnerPlace.at(address, folder, manifest)
    with ExitStack() as stack:
        database = Database(address, name="parity", largest=2)
        stack.callback(database.close)
        receiver = stack.enter_context(webhook_receiver())
        records = RunRecords(database)
        stack.enter_context(_watching(address, place.runs, receiver))
        stack.enter_context(running(place, runtime))
        yield Scene(place, records, Asking(records, RunWriter(database), now), receiver)


@contextmanager
def _watching(address: PostgresAddress, runs: Path, receiver: WebhookReceiver) -> Iterator[None]:
    """Who looks for what is worth telling, in a thread; its first look is over when this returns."""
    settings = AlertSettings(targets={"people": "env:PEOPLE"}, on=KINDS, look_every_s=1.0, gather_s=0.0)
    people = AppriseMessenger("people", Secret(f"json://127.0.0.1:{receiver.port}/{ADDRESS}"))
    database = Database(address, name="alerts", largest=2)
    outbox, stop = Outbox(database), threading.Event()
    lookout = Lookout(RunRecords(database), Sightings(database), outbox, settings)
    pointers = Pointers("http://mainstem.example", lambda one: log_tail(runs / one.log, settings.log_lines))
    watcher = Watcher(lookout.look, outbox, {"people": people}, settings, pointers)
    watcher.turn()
    thread = threading.Thread(target=watcher.run_forever, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        database.close()


def give_secrets(patch: pytest.MonkeyPatch) -> None:
    """As this process's variables, where the runner looks for them."""
    for name, keys in SECRETS.items():
        for key, value in keys.items():
            patch.setenv(SecretRef(name, key).variable, value)
