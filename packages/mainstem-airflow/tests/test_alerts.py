"""What people are told, and where."""

from __future__ import annotations

import asyncio
import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from airflow.sdk import Connection
from airflow.sdk.log import mask_secret

from mainstem_airflow import alerts
from mainstem_airflow.alerts import AlertNotSent, Alerts, Message
from mainstem_airflow.callbacks import Callbacks
from mainstem_airflow.outcomes import TaskFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from airflow.sdk import DAG


class _Place(ThreadingHTTPServer):
    """Keeps what it is told."""

    received: list[dict[str, Any]]


class _Handler(BaseHTTPRequestHandler):
    server: _Place

    def do_POST(self) -> None:
        self.server.received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """What came is kept."""


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Place]:
    """Where the connection `chat` leads."""
    with _Place(("127.0.0.1", 0), _Handler) as server:
        server.received = []
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        url = f"json://127.0.0.1:{server.server_address[1]}/"
        monkeypatch.setenv("AIRFLOW_CONN_CHAT", json.dumps({"conn_type": "generic", "password": url}))
        yield server
        server.shutdown()


def _context(**more: Any) -> Any:
    run = SimpleNamespace(dag_id="sync", run_id="scheduled__2026", state="failed")
    ti = SimpleNamespace(
        dag_id="sync",
        task_id="stripe",
        run_id=run.run_id,
        try_number=2,
        max_tries=2,
        log_url="http://airflow.example/log",
        get_previous_dagrun=lambda: None,
    )
    dag = SimpleNamespace(dag_id="sync", dagrun_timeout=timedelta(minutes=90))
    return {"dag": dag, "dag_run": run, "run_id": run.run_id, "ti": ti, **more}


def _told(place: _Place) -> list[tuple[str, str, str]]:
    return [(each["title"], each["message"], each["type"]) for each in place.received]


def test_a_failure_says_what_why_and_which_try(place: _Place) -> None:
    Alerts("chat").on_failure(_context(exception=TaskFailed("exit 4")))

    body = "exit 4 · try 2 of 3 · scheduled__2026\nhttp://airflow.example/log"
    assert _told(place) == [("sync.stripe failed", body, "failure")]


def test_a_retry_says_that_it_is_tried_again(place: _Place) -> None:
    Alerts("chat").on_retry(_context(exception=TaskFailed("exit 4")))

    assert _told(place)[0][0] == "sync.stripe failed, is tried again"


def test_no_secret_that_airflow_knows_of_is_told(place: _Place) -> None:
    mask_secret("c4nary-of-stripe")

    Alerts("chat").on_failure(_context(exception=RuntimeError("401 for c4nary-of-stripe")))

    assert "c4nary" not in json.dumps(place.received)
    assert _told(place)[0][1].startswith("401 for ***")


def test_of_a_long_exception_only_its_first_line_is_told() -> None:
    assert alerts.reason_of(RuntimeError(f"{'x' * 400}\nremote_pod: …")) == "x" * 300 + "…"


def test_a_run_that_failed_by_its_tasks_is_told_of_by_them_alone(place: _Place) -> None:
    Alerts("chat").on_run_failure(_context(reason="task_failure"))

    assert _told(place) == []


def test_a_run_that_took_too_long_is_told_of(place: _Place) -> None:
    Alerts("chat").on_run_failure(_context(reason="timed_out"))

    title = "sync was ended: its run timed out after 1h30m"
    assert _told(place) == [(title, "scheduled__2026", "failure")]


@pytest.mark.parametrize(("before", "told"), [("failed", 1), ("success", 0), (None, 0)])
def test_the_first_success_after_a_failure_is_told(place: _Place, before: str | None, told: int) -> None:
    context = _context()
    context["ti"].get_previous_dagrun = lambda: before and SimpleNamespace(state=before)

    Alerts("chat").on_run_success(context)

    assert [title for title, _, _ in _told(place)] == ["sync is well again"] * told


def test_a_missed_deadline_is_told_from_the_triggerer(place: _Place) -> None:
    context = {"dag_run": {"dag_id": "sync", "dag_run_id": "scheduled__2026"}}

    asyncio.run(alerts.tell_deadline_missed("chat", 3600, context))

    assert _told(place) == [("sync missed its SLA of 1h", "scheduled__2026", "warning")]


@pytest.mark.parametrize(
    ("password", "words"), [("", "no Apprise URL"), ("nonsense://x", "does not know one of its URLs")]
)
def test_a_place_that_cannot_be_told_is_an_error_without_its_address(password: str, words: str) -> None:
    connection = Connection(conn_id="chat", conn_type="generic", password=password)

    with pytest.raises(AlertNotSent, match=words) as raised:
        alerts.send(Message("t", "b", "failure"), connection)
    assert "nonsense" not in str(raised.value)


def test_a_deployments_own_callbacks_come_after_the_alerts(built: Callable[..., DAG]) -> None:
    def mine(context: object) -> None:
        """Does nothing."""

    made = built(alerts="chat", on_failure_callback=mine, on_success_callback=mine)

    task = made.get_task("one")
    assert _names(task.on_failure_callback) == ["on_failure", "mine"]
    assert _names(task.on_retry_callback) == ["on_retry"]
    assert _names(task.on_success_callback) == ["mine"]
    assert _names(made.on_failure_callback) == ["on_run_failure"]
    assert _names(made.on_success_callback) == ["on_run_success"]


def _names(called: Any) -> list[str]:
    return [each.__name__ for each in called]


def test_where_nobody_is_to_be_told_nothing_is_called() -> None:
    none = Callbacks.of(None)

    assert (none.of_tasks, none.of_runs, none.deadline(None)) == ({}, {}, None)
