"""Whoever applies an activation is killed, over and over: every record is as wanted, written once."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from mainstem.simulate.saas import ControlledClock
from mainstem.simulate.saas.salesforce import SalesforceService
from mainstem.store import Database
from mainstem.store.migrate import upgrade
from mainstem.testing.apply_process import ApplySpec, applied
from mainstem.testing.connectors import NOON, StillClock
from mainstem.testing.org_scene import FIELDS, Ledger, OrgScene

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.config import PostgresAddress
    from mainstem.testing.apply_process import Point
    from mainstem.testing.saas import SaasHost

FILE = 205
"""Rows of a file: a batch of as many goes by Bulk, what is left over by collections."""
SETTINGS = {"bulk_above": 100, "bulk_rows": FILE}
ONCE: tuple[tuple[Point, int], ...] = (
    ("unnoted", 1),
    ("noted", 2),
    ("ticket", 1),
    ("written", 1),
    ("settled", 1),
)
OFTEN: tuple[tuple[Point, int], ...] = (
    *ONCE,
    ("waiting", 1),
    ("written", 2),
    ("ticket", 2),
    ("noted", 1),
    ("settled", 2),
)


def changed(scene: OrgScene, number: int) -> None:
    """As many rows want another value as a file and a collection hold, and as many are new."""
    scene.clock.sleep(3600)
    for key in range(FILE + 15):
        scene.row(f"old{key:04}", users=number * 1000 + key)
        scene.row(f"new{number:02}-{key:04}", users=key)


def told(at: tuple[tuple[Point, int], ...], saas: SaasHost, catalog: PostgresAddress, folder: Path) -> None:
    upgrade(catalog)
    service = SalesforceService(ControlledClock(NOON), fields=FIELDS, looks=1)
    with saas.hosting(service) as base_url, closing(Database(catalog, name="test", largest=2)) as database:
        ledger = Ledger(database)
        scene = OrgScene(service, base_url, folder, StillClock(NOON, service.clock.move_to))
        for key in range(FILE + 15):
            scene.account(f"old{key:04}")
        spec = ApplySpec(catalog, folder, base_url, saas.address, NOON, (), SETTINGS)
        for number, dies in enumerate(at):
            changed(scene, number)
            rows = tuple(scene.rows.values())
            killed = replace(spec, now=service.clock.now(), rows=rows, dies=dies)
            assert applied(killed) == "killed", f"it ended before {dies}"
        ended = replace(spec, now=service.clock.now(), rows=tuple(scene.rows.values()))
        assert applied(ended) == "success"
        assert not scene.unlike()
        assert not scene.diary.twice()
        assert not ledger.runs.open_batches("usage")
        assert ledger.held.count("usage") == len(scene.rows)
        written = len(scene.diary.ours())
        assert applied(ended) == "success"
        assert len(scene.diary.ours()) == written, "what is right is not written again"
        assert service.jobs.held, "files were written too"


def test_who_is_killed_five_times_leaves_every_record_as_wanted_and_written_once(
    saas: SaasHost, catalog: PostgresAddress, tmp_path: Path
) -> None:
    told(ONCE, saas, catalog, tmp_path)


@pytest.mark.slow
def test_who_is_killed_fifty_times_leaves_every_record_as_wanted_and_written_once(
    saas: SaasHost, catalog: PostgresAddress, tmp_path: Path
) -> None:
    told(OFTEN * 5, saas, catalog, tmp_path)
