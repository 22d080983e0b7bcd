"""However often a play is cut short, and wherever, what arrives in the end is the company."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from mainstem.errors import TransientError
from mainstem.simulate.play import Playing, PlayState, Sent, play
from mainstem.simulate.world import Day, Difficulty, Event, simulate_company

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Rows = dict[tuple[str, str, str], dict[str, Any] | None]


@cache
def company() -> list[Day]:
    eager = Difficulty(visitor_tries=0.3, trial_buys=0.6)
    return list(simulate_company(4, 1, 60, eager, part_events=15))


class Far:
    """A gateway and a warehouse that fail at some of the calls: before what they do, or after it."""

    def __init__(self, failures: Iterable[tuple[int, bool]]) -> None:
        self.ids: list[str] = []
        self.rows: Rows = {}
        self._failures = dict(failures)
        self._calls = 0

    def send(self, events: Iterable[Event]) -> Sent:
        ids = [event.message["messageId"] for event in events]
        self._do(lambda: self.ids.extend(ids))
        return Sent(len(ids), 1)

    def apply(self, days: Sequence[Day]) -> int:
        changed = {(c.system, c.table, c.key): c.row for day in days for c in day.changes}
        self._do(lambda: self.rows.update(changed))
        return len(changed)

    def _do(self, act: Any) -> None:
        self._calls += 1
        done_before_it_fails = self._failures.get(self._calls)
        if done_before_it_fails is not False:
            act()
        if done_before_it_fails is not None:
            raise TransientError("cut short")


@settings(max_examples=25, deadline=None)
@given(
    failures=st.lists(st.tuples(st.integers(1, 25), st.booleans()), max_size=5),
    rows_every=st.integers(1, 40),
    together=st.sampled_from([20, 100, 10_000]),
)
def test_what_is_cut_short_anywhere_and_goes_on_gives_every_event_and_the_same_rows(
    failures: list[tuple[int, bool]], rows_every: int, together: int
) -> None:
    far = Far(failures)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "state.json"
        for _ in range(len(failures) + 1):
            state = PlayState(file, Playing(4, 60, company()[0].day))
            try:
                played = play(company(), far, far, state=state, rows_every=rows_every, together=together)
            except TransientError:
                continue
            break
    assert played.through == company()[-1].day
    assert set(far.ids) == {event.message["messageId"] for day in company() for event in day.events}
    assert far.rows == {(c.system, c.table, c.key): c.row for day in company() for c in day.changes}
