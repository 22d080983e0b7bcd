"""Who watches: looks at the records, writes down what is to be told, and tells it. Not the runner's process.

Promise: what was found is written before it is sent, and tried again for days when a place takes nothing.
When the records themselves cannot be reached, that is told without them. It decides nothing about runs.
"""

from __future__ import annotations

import logging
import uuid
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import TYPE_CHECKING

from mainstem.errors import MessageNotSent, StoreUnavailable
from mainstem.notify import Message
from mainstem.orchestrate.alerts import absent, ended, over, reviews, syncs
from mainstem.orchestrate.alerts.grouping import grouped
from mainstem.orchestrate.alerts.routes import is_wanted, targets_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from threading import Event

    from mainstem.notify import Messenger
    from mainstem.orchestrate.alerts.grouping import Letter
    from mainstem.orchestrate.alerts.settings import AlertSettings
    from mainstem.orchestrate.alerts.sight import Pointers, Sight
    from mainstem.store.alerts import Outbox, Parcel
    from mainstem.store.runs import Alert

logger = logging.getLogger("mainstem.alerts")

FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)
GIVEN_UP_AFTER = timedelta(days=3)
"""A message that no place has taken for so long is not sent any more, and logged as an error."""
UNREACHABLE_AFTER = timedelta(minutes=5)
PRUNE_EVERY = timedelta(hours=1)


def found(sight: Sight, settings: AlertSettings, pointers: Pointers) -> Iterator[Alert]:
    """All that is worth telling in what was seen, told before or not; in a steady order."""
    of_a_runner = (absent.slow, absent.overdue, absent.stuck, absent.paused, absent.silent_runner)
    of_syncs = (syncs.stale, syncs.partial, syncs.row_counts)
    of_all = (absent.old_assets, *of_syncs, reviews.waiting, absent.unreadable, absent.broken_targets)
    every = chain(
        ended.failures(sight, pointers),
        ended.timeouts(sight, pointers),
        ended.set_aside(sight, pointers),
        ended.recoveries(sight, pointers),
        over.ended_absences(sight, settings, pointers),
        *(
            look(sight, settings, pointers)
            for look in ((*of_a_runner, *of_all) if sight.is_run_here else of_all)
        ),
    )
    return (alert for alert in every if is_wanted(alert.kind, settings))


@dataclass
class Watcher:
    """`look` sees, and raises StoreUnavailable as every method here."""

    look: Callable[[datetime], Sight]
    outbox: Outbox
    messengers: Mapping[str, Messenger]
    settings: AlertSettings
    pointers: Pointers
    after_look: Callable[[datetime], None] = lambda _: None
    """Called when a look and all telling went well."""
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    _unreachable_since: datetime | None = field(default=None, init=False)
    _has_told: bool = field(default=False, init=False)
    _pruned_at: datetime | None = field(default=None, init=False)

    def run_forever(self, stop: Event) -> None:
        """Until `stop` is set. What goes wrong is logged, and the next look tries again."""
        while not stop.is_set():
            self.turn()
            stop.wait(self.settings.look_every_s)

    def turn(self) -> None:
        """One look and what comes of it; raises nothing but for a mistake in the program."""
        now = self.clock()
        try:
            self.find(now)
            self.tell(self.clock())
            self._prune(now)
        except StoreUnavailable as e:
            self._cannot_look(e, now)
            return
        if self._has_told:
            self._tell_all(Message("the records are reached again", "alerts go on", "success"))
        self._unreachable_since, self._has_told = None, False
        self.after_look(now)

    def find(self, now: datetime) -> int:
        """Write down what is new and worth telling; how many alerts that were."""
        sight = self._unknown_alone(self.look(now))
        added = 0
        for alert in found(sight, self.settings, self.pointers):
            fit = Message(alert.title, alert.body)  # nothing is kept that may not leave
            due = now + timedelta(seconds=self.settings.gather_s)
            targets = dict.fromkeys(targets_of(alert, self.settings), due)
            if self.outbox.add(replace(alert, title=fit.title, body=fit.body), targets):
                added += 1
                logger.warning("%s: %s", alert.kind, fit.title)
        return added

    def _unknown_alone(self, sight: Sight) -> Sight:
        """Without tries that were told of: their logs need not be read again."""
        keys = {ended.key_of(one): one for one in sight.tries}
        known = self.outbox.known(list(keys))
        return replace(sight, tries=[one for key, one in keys.items() if key not in known])

    def tell(self, now: datetime) -> int:
        """Send what is due; how many messages were taken."""
        due = self.outbox.due(now)
        self._set_aside([one for one in due if one.target not in self.messengers], now)
        parcels = [one for one in due if one.target in self.messengers]
        if not parcels:
            return 0
        hour, pause = now - timedelta(hours=1), timedelta(seconds=self.settings.again_after_s)
        told = self.outbox.last_told(now - pause)
        plan = grouped(parcels, told, self.outbox.messages_since(hour), self.settings, now)
        for target, keys, until in plan.postponed:
            self.outbox.postpone(target, keys, until)
        by_key = {(one.target, one.key): one for one in parcels}
        return sum(
            self._send(letter, [by_key[letter.target, key] for key in letter.keys]) for letter in plan.letters
        )

    def _set_aside(self, parcels: list[Parcel], now: datetime) -> None:
        """For places that cannot be told, or that settings name no more: kept until it is certain that this
        does not change."""
        for one in parcels:
            again = None if now - one.at > GIVEN_UP_AFTER else now + LONGEST_PAUSE
            problem = f"{one.target} cannot be told: it has no address, or is no target any more"
            self.outbox.failed(one.target, [one.key], problem, again, now)

    def _send(self, letter: Letter, parcels: list[Parcel]) -> bool:
        if not self.outbox.begin(letter.target, letter.keys, uuid.uuid4().hex, self.clock()):
            return False
        try:
            self.messengers[letter.target].send(letter.message)
        except MessageNotSent as e:
            self._not_taken(letter, parcels, str(e))
            return False
        self.outbox.sent(letter.target, letter.keys, self.clock())
        return True

    def _not_taken(self, letter: Letter, parcels: list[Parcel], problem: str) -> None:
        now = self.clock()
        tries = max(one.tries for one in parcels)
        pause = min(FIRST_PAUSE * 2 ** min(tries, 10), LONGEST_PAUSE)
        old = [one.key for one in parcels if now - one.at > GIVEN_UP_AFTER]
        young = [one.key for one in parcels if one.key not in old]
        logger.error("%s; it is tried again in %s", problem, pause)
        self.outbox.failed(letter.target, young, problem, now + pause, now)
        if old:
            logger.error("%d alerts for %s are given up: %s", len(old), letter.target, letter.message.title)
            self.outbox.failed(letter.target, old, problem, None, now)

    def _cannot_look(self, problem: StoreUnavailable, now: datetime) -> None:
        """Told once, to every place, when it has lasted; by nothing but this process's memory."""
        logger.error("nobody can look: %s", problem)
        self._unreachable_since = self._unreachable_since or now
        if now - self._unreachable_since < UNREACHABLE_AFTER or self._has_told:
            return
        self._has_told = True
        body = f"{problem}\nNothing is run, and nothing else can be told, until they are.\nmainstem doctor"
        self._tell_all(Message("the records of runs cannot be reached", body, "failure"))

    def _tell_all(self, message: Message) -> None:
        for messenger in self.messengers.values():
            try:
                messenger.send(message)
            except MessageNotSent as e:
                logger.error("%s", e)

    def _prune(self, now: datetime) -> None:
        if self._pruned_at is None or now - self._pruned_at >= PRUNE_EVERY:
            self._pruned_at = now
            self.outbox.prune(now - timedelta(days=self.settings.keep_days))
