"""A small simulated company, loaded and built once for all suites that look at what the models say of it."""

from __future__ import annotations

import fcntl
import os
import random
import shutil
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from mainstem.simulate.world import simulate_company
from mainstem.testing.company import CompanyLake

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from mainstem.simulate.world import Day, Event

SMALL = {"seed": 5, "months": 18, "accounts": 20}
"""The company that `built_company` holds."""
BETWEEN = timedelta(days=5)
"""Between its two builds; a message that comes again within a week is no other."""


@pytest.fixture(scope="session")
def built_company(tmp_path_factory: pytest.TempPathFactory) -> CompanyLake:
    """A year and a half, some sixty trials and eight sales. Look only: others look at it too.

    Its events came in random order and in two parts, each of which was built: what the models say is true
    whatever the order. Workers of one run build it once, and each has a copy.
    """
    own = tmp_path_factory.mktemp("company") / "lake"
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return _built(CompanyLake(own))
    run = tmp_path_factory.getbasetemp().parent
    with (run / "company.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (run / "company").exists():
            _built(CompanyLake(own)).folder.rename(run / "company")
    shutil.copytree(run / "company", own)
    return CompanyLake(own)


def _built(lake: CompanyLake) -> CompanyLake:
    days = list(simulate_company(SMALL["seed"], SMALL["months"], SMALL["accounts"]))
    lake.load(msgspec.structs.replace(day, events=[], changes=[]) for day in days)
    changes = [change for day in days for change in day.changes]
    for part, (loaded_at, events) in enumerate(in_two_parts(days)):
        lake.load_events(events, loaded_at)
        lake.load_changes(changes[: len(changes) * (part + 1) // 2])
        assert lake.build("run").failures == ()
    return lake


def in_two_parts(days: Sequence[Day]) -> Iterator[tuple[datetime, list[Event]]]:
    """When and in which order `built_company` has loaded all events.

    Of copies of one, whose times differ, the first that came stands.
    """
    events = [event for day in days for event in day.events]
    random.Random(SMALL["seed"]).shuffle(events)
    newest = max(event.received_at for event in events)
    for part in range(2):
        yield newest + part * BETWEEN, events[part::2]
