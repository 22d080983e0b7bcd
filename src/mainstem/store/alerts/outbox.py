"""The outbox of alerts: written before they are sent, so that a crash forgets none and repeats none.

Promise: a key is told once to each place. Only where the process died between a message's leaving and its
record is it told twice, and `was_begun` says so of the second. It sends nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, LiteralString

from mainstem.store.runs.values import Alert
from mainstem.store.table import Table

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from mainstem.store.database import Database

DELIVERIES = Table(
    "alert_deliveries",
    {
        "key": "text",
        "target": "text",
        "due_at": "timestamp with time zone",
        "attempts": "integer",
        "message": "text",
        "begun_at": "timestamp with time zone?",
        "sent_at": "timestamp with time zone?",
        "given_up_at": "timestamp with time zone?",
        "problem": "text",
    },
)
WATCH = Table(
    "alert_watch",
    {"id": "smallint", "since": "timestamp with time zone", "looked_at": "timestamp with time zone"},
)
IN_HAND = timedelta(minutes=2)
"""So long a message that has begun to leave belongs to who sends it; after that, whoever sent it is dead. No
place is waited for so long."""
_ALERT: LiteralString = "a.key, a.at, a.kind, a.dag_id, a.run_id, a.task_id, a.try_number, a.title, a.body"


@dataclass(frozen=True)
class Parcel(Alert):
    """An alert on its way to one place."""

    target: str = ""
    due_at: datetime | None = None
    tries: int = 0
    """To send it, that failed."""
    was_begun: bool = False
    """It was being sent when a process died: it may have arrived."""


@dataclass(frozen=True)
class Delivery:
    """What came of telling one place of one alert."""

    key: str
    target: str
    due_at: datetime
    attempts: int
    sent_at: datetime | None
    given_up_at: datetime | None
    problem: str


@dataclass(frozen=True)
class _Sent:
    target: str
    dag_id: str
    at: datetime


@dataclass(frozen=True)
class _Count:
    target: str
    messages: int


@dataclass(frozen=True)
class _LookedAt:
    looked_at: datetime


@dataclass(frozen=True)
class _Untold:
    target: str
    problem: str


@dataclass(frozen=True)
class _Since:
    since: datetime


class Outbox:
    """Every method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, alert: Alert, due: dict[str, datetime]) -> bool:
        """`due`: by place, when it is to be told. False: one with that key was written before."""
        with self._database.transaction():
            added = self._database.run(
                "INSERT INTO alerts (key, at, kind, dag_id, run_id, task_id, try_number, title, body) "
                "VALUES (%(key)s, %(at)s, %(kind)s, %(dag_id)s, %(run_id)s, %(task_id)s, %(try_number)s, "
                "%(title)s, %(body)s) ON CONFLICT DO NOTHING",
                vars(alert),
            )
            for target, at in due.items() if added else ():
                self._database.run(
                    "INSERT INTO alert_deliveries (key, target, due_at) VALUES (%(key)s, %(target)s, %(at)s)",
                    {"key": alert.key, "target": target, "at": at},
                )
        return bool(added)

    def known(self, keys: Sequence[str]) -> set[str]:
        """Those of `keys` that were written before."""
        found = self._database.all(
            _Key, "SELECT key FROM alerts WHERE key = ANY(%(keys)s)", {"keys": list(keys)}
        )
        return {one.key for one in found}

    def standing(self, kinds: Sequence[str]) -> list[Alert]:
        """The newest alert of each of these kinds and each DAG, but those that were told to be over: by one
        with the key `over:` and theirs."""
        return self._database.all(
            Alert,
            "SELECT a.key, a.at, a.kind, a.dag_id, a.title, a.body, a.run_id, a.task_id, a.try_number, "
            "a.sent_at, a.attempts, a.problem FROM (SELECT DISTINCT ON (kind, dag_id) * FROM alerts "
            "WHERE kind = ANY(%(kinds)s) ORDER BY kind, dag_id, at DESC, key) AS a "
            "WHERE NOT EXISTS (SELECT FROM alerts AS o WHERE o.key = 'over:' || a.key) "
            "ORDER BY a.at, a.key",
            {"kinds": list(kinds)},
        )

    def due(self, now: datetime) -> list[Parcel]:
        """What is to be told by now, oldest first, and whatever else there is to tell that place of the same
        DAG: good news do not overtake bad ones."""
        return self._database.all(
            Parcel,
            "SELECT " + _ALERT + ", d.target, d.due_at, d.attempts AS tries, "  # noqa: S608 # only literals
            "d.begun_at IS NOT NULL AS was_begun FROM alert_deliveries AS d JOIN alerts AS a USING (key) "
            "WHERE d.sent_at IS NULL AND d.given_up_at IS NULL "
            "AND (d.begun_at IS NULL OR d.begun_at < %(back)s) AND (d.due_at <= %(now)s OR (a.dag_id <> '' "
            "AND EXISTS (SELECT FROM alert_deliveries AS e JOIN alerts AS b USING (key) "
            "WHERE e.sent_at IS NULL AND e.given_up_at IS NULL AND e.due_at <= %(now)s "
            "AND e.target = d.target AND b.dag_id = a.dag_id))) ORDER BY a.at, a.key",
            {"now": now, "back": now - IN_HAND},
        )

    def last_told(self, since: datetime) -> dict[tuple[str, str], datetime]:
        """By place and DAG, when it was last told of that DAG."""
        found = self._database.all(
            _Sent,
            "SELECT d.target, a.dag_id, max(d.sent_at) AS at FROM alert_deliveries AS d "
            "JOIN alerts AS a USING (key) WHERE d.sent_at >= %(since)s GROUP BY 1, 2",
            {"since": since},
        )
        return {(one.target, one.dag_id): one.at for one in found}

    def messages_since(self, since: datetime) -> dict[str, int]:
        """By place, how many messages were sent to it."""
        found = self._database.all(
            _Count,
            "SELECT target, count(DISTINCT message) AS messages FROM alert_deliveries "
            "WHERE sent_at >= %(since)s GROUP BY target",
            {"since": since},
        )
        return {one.target: one.messages for one in found}

    def begin(self, target: str, keys: Collection[str], message: str, now: datetime) -> bool:
        """A message of that id, with these alerts, is about to leave. False: another process tells of one of
        them, or has; then nothing leaves."""
        values = {"target": target, "keys": list(keys), "message": message, "now": now, "back": now - IN_HAND}
        with self._database.transaction():
            begun = self._database.run(
                "UPDATE alert_deliveries SET begun_at = %(now)s, message = %(message)s "
                "WHERE target = %(target)s AND key = ANY(%(keys)s) AND sent_at IS NULL "
                "AND (begun_at IS NULL OR begun_at < %(back)s)",
                values,
            )
            if begun < len(keys):
                self._database.run(
                    "UPDATE alert_deliveries SET begun_at = NULL, message = '' WHERE message = %(message)s",
                    values,
                )
        return begun == len(keys)

    def sent(self, target: str, keys: Collection[str], now: datetime) -> None:
        with self._database.transaction():
            self._database.run(
                "UPDATE alert_deliveries SET sent_at = %(now)s, problem = '' "
                "WHERE target = %(target)s AND key = ANY(%(keys)s)",
                {"target": target, "keys": list(keys), "now": now},
            )
            self._database.run(
                "UPDATE alerts AS a SET sent_at = %(now)s WHERE key = ANY(%(keys)s) AND sent_at IS NULL "
                "AND NOT EXISTS (SELECT FROM alert_deliveries AS d "
                "WHERE d.key = a.key AND d.sent_at IS NULL)",
                {"keys": list(keys), "now": now},
            )

    def postpone(self, target: str, keys: Collection[str], until: datetime) -> None:
        """Not yet: nothing was sent."""
        self._database.run(
            "UPDATE alert_deliveries SET due_at = %(until)s "
            "WHERE target = %(target)s AND key = ANY(%(keys)s)",
            {"target": target, "keys": list(keys), "until": until},
        )

    def failed(
        self, target: str, keys: Collection[str], problem: str, again: datetime | None, now: datetime
    ) -> None:
        """It was not taken. `again`: when it is tried again; None: it never is."""
        with self._database.transaction():
            self._database.run(
                "UPDATE alert_deliveries SET attempts = attempts + 1, begun_at = NULL, "
                "problem = %(problem)s, due_at = coalesce(%(again)s, due_at), "
                "given_up_at = CASE WHEN %(again)s::timestamptz IS NULL THEN %(now)s END "
                "WHERE target = %(target)s AND key = ANY(%(keys)s)",
                {"target": target, "keys": list(keys), "problem": problem, "again": again, "now": now},
            )
            self._database.run(
                "UPDATE alerts SET attempts = attempts + 1, problem = %(problem)s WHERE key = ANY(%(keys)s)",
                {"keys": list(keys), "problem": problem},
            )

    def deliveries(self, keys: Sequence[str]) -> list[Delivery]:
        """Of these alerts, by key and place."""
        return self._database.all(
            Delivery,
            "SELECT key, target, due_at, attempts, sent_at, given_up_at, problem FROM alert_deliveries "
            "WHERE key = ANY(%(keys)s) ORDER BY key, target",
            {"keys": list(keys)},
        )

    def watching_since(self, now: datetime) -> datetime:
        """When somebody looked for the first time; that somebody looks now is written down."""
        found = self._database.one(
            _Since,
            "INSERT INTO alert_watch (id, since, looked_at) VALUES (1, %(now)s, %(now)s) "
            "ON CONFLICT (id) DO UPDATE SET looked_at = excluded.looked_at RETURNING since",
            {"now": now},
        )
        return now if found is None else found.since

    def looked_at(self) -> datetime | None:
        """When somebody looked last."""
        found = self._database.one(_LookedAt, "SELECT looked_at FROM alert_watch", {})
        return None if found is None else found.looked_at

    def untold(self) -> dict[str, str]:
        """By place that did not take what still waits for it: why, the last time."""
        found = self._database.all(
            _Untold,
            "SELECT DISTINCT ON (target) target, problem FROM alert_deliveries WHERE sent_at IS NULL "
            "AND given_up_at IS NULL AND problem <> '' ORDER BY target, due_at DESC",
            {},
        )
        return {one.target: one.problem for one in found}

    def prune(self, before: datetime) -> int:
        """Forget older alerts that nobody waits for; how many that were."""
        return self._database.run(
            "DELETE FROM alerts AS a WHERE at < %(before)s AND NOT EXISTS (SELECT FROM alert_deliveries AS d "
            "WHERE d.key = a.key AND d.sent_at IS NULL AND d.given_up_at IS NULL)",
            {"before": before},
        )


@dataclass(frozen=True)
class _Key:
    key: str
