"""Telling people what went wrong, through Apprise: Mattermost, Slack, mail and a hundred others.

Promise: where they are told stands in an Airflow connection, whose password Airflow strikes from every log;
a message says what and why in a few lines, and holds no secret that Airflow knows of. An alert that cannot
be sent is an error in the task's log, and changes nothing about the task.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal

from airflow.sdk.log import redact  # type: ignore[attr-defined] # there, but not re-exported by name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow.sdk import Connection, Context

Level = Literal["failure", "warning", "success"]
_LONGEST = 300
_APP = "Mainstem"


class AlertNotSent(RuntimeError):
    """Nobody was told."""


@dataclass(frozen=True)
class Message:
    title: str
    body: str
    level: Level


@dataclass(frozen=True)
class Alerts:
    """Callbacks of tasks and runs. `conn_id`: the connection whose password is Apprise URLs, a line each."""

    conn_id: str

    def on_failure(self, context: Context) -> None:
        self._tell(of_try(context, "failed", "failure"))

    def on_retry(self, context: Context) -> None:
        self._tell(of_try(context, "failed, is tried again", "warning"))

    def on_run_failure(self, context: Context) -> None:
        """Only of what no task's own alert says: that the whole run took too long."""
        if context.get("reason") == "timed_out":
            dag = context["dag"]
            limit = f" after {written(dag.dagrun_timeout)}" if dag.dagrun_timeout else ""
            self._tell(of_run(context, f"{dag.dag_id} was ended: its run timed out{limit}", "failure"))

    def on_run_success(self, context: Context) -> None:
        """Only of the first after one that failed."""
        ti = context.get("ti")  # none where the run has no task left that Airflow could name
        previous = ti.get_previous_dagrun() if ti else None
        if previous is not None and previous.state == "failed":
            self._tell(of_run(context, f"{context['dag'].dag_id} is well again", "success"))

    def _tell(self, message: Message) -> None:
        from airflow.sdk import BaseHook

        send(message, BaseHook.get_connection(self.conn_id))


async def tell_deadline_missed(conn_id: str, sla: float, context: Mapping[str, Any]) -> None:
    """What a DeadlineAlert calls, in the triggerer."""
    from airflow.sdk import BaseHook

    run = context["dag_run"]
    late = Message(
        f"{run['dag_id']} missed its SLA of {written(timedelta(seconds=sla))}", run["dag_run_id"], "warning"
    )
    await asyncio.to_thread(send, late, await BaseHook.aget_connection(conn_id))


async def log_deadline_missed(sla: float, context: Mapping[str, Any]) -> str:
    """As above, where nobody is to be told: Airflow keeps what it returns."""
    return f"{context['dag_run']['dag_run_id']} missed its SLA of {written(timedelta(seconds=sla))}"


def of_try(context: Context, said: str, level: Level) -> Message:
    ti = context["ti"]
    why = reason_of(context.get("exception")) or "failed"
    lines = [f"{why} · try {ti.try_number} of {ti.max_tries + 1} · {ti.run_id}", ti.log_url]
    return Message(f"{ti.dag_id}.{ti.task_id} {said}", "\n".join(filter(None, lines)), level)


def of_run(context: Context, title: str, level: Level) -> Message:
    return Message(title, context["run_id"], level)


def written(duration: timedelta) -> str:
    """`1h30m`."""
    rest = duration.total_seconds()
    parts = []
    for unit, size in (("d", 86_400), ("h", 3600), ("m", 60)):
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count:g}{unit}")
    if rest or not parts:
        parts.append(f"{rest:g}s")
    return "".join(parts)


def reason_of(exception: BaseException | str | None) -> str:
    """The first line, short: Airflow hands over whatever a try ended with, a text where its process died."""
    first = next(iter(str(exception or "").strip().splitlines()), "")
    return first if len(first) <= _LONGEST else f"{first[:_LONGEST]}…"


def send(message: Message, connection: Connection) -> None:
    """Raises AlertNotSent."""
    import apprise  # 0.8 s: only what has something to tell pays for it

    urls = (connection.password or "").split()
    if not urls:
        raise AlertNotSent(f"connection {connection.conn_id} has no Apprise URL for its password")
    notifier = apprise.Apprise(asset=apprise.AppriseAsset(app_id=_APP, app_desc=_APP, secure_logging=True))
    if not notifier.add(urls):
        raise AlertNotSent(f"connection {connection.conn_id}: Apprise does not know one of its URLs")
    title, body = str(redact(message.title)), str(redact(message.body))
    if not notifier.notify(title=title, body=body, notify_type=message.level):
        raise AlertNotSent(f"connection {connection.conn_id}: not all of its places took the message")
