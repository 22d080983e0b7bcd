"""The worker as a process of its own: real dbt, real lock, real signals."""

from __future__ import annotations

import subprocess
import sys
import threading
from contextlib import closing
from typing import TYPE_CHECKING

import psycopg
import pytest

from mainstem.transform import Event, Finished, Note
from mainstem.transform.client import build
from mainstem.warehouse.ducklake import StructureLock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mainstem.config import PostgresAddress
    from mainstem.warehouse.ducklake import DuckLake, LakeLocation

pytestmark = pytest.mark.long

_WORKER = """
import signal
import sys
from pathlib import Path
from mainstem.config import PostgresAddress
from mainstem.supervise import on_signals
from mainstem.transform.dbt import Dbt
from mainstem.transform.builds import Builds
from mainstem.transform.worker import Worker
from mainstem.warehouse.ducklake import CatalogCheck, LakeLocation, StructureLock

host, port, user, database, data_path, extensions, project, state = sys.argv[1:]
catalog = PostgresAddress(host, int(port), user, database)
location = LakeLocation(catalog, "lake", data_path, Path(extensions))
dbt = Dbt(Path(project), Path(state), location, "analytics", StructureLock(catalog))
dbt.prepare()
worker = Worker(Builds(dbt, CatalogCheck(catalog, "lake")), Path(state) / "w.sock")
with on_signals((signal.SIGTERM, signal.SIGINT), worker.stop):
    worker.serve(lambda: print("ready", flush=True))
print("ended", flush=True)
"""


@pytest.fixture
def process(
    lake: DuckLake, lake_location: LakeLocation, dbt_project: Path, tmp_path: Path
) -> Iterator[subprocess.Popen[str]]:
    """A running worker on `dbt_project`; its socket is `state/w.sock`."""
    catalog = lake_location.catalog
    place = (catalog.host, str(catalog.port), catalog.user, catalog.database, lake_location.data_path)
    folders = (str(lake_location.extensions), str(dbt_project), str(tmp_path / "state"))
    command = (sys.executable, "-c", _WORKER, *place, *folders)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert "ready" in process.stdout.readline()
        try:
            yield process
        finally:
            process.kill()


def test_sigterm_breaks_the_running_node_off_and_tells_the_client(
    process: subprocess.Popen[str], dbt_project: Path, tmp_path: Path, lake_location: LakeLocation
) -> None:
    (dbt_project / "models" / "endless.sql").write_text(
        "{{ config(materialized='table') }} {{ log('under way', info=true) if execute }}"
        " select sum(a.range * b.range) as s from range(10000000) as a, range(10000000) as b",
        encoding="utf-8",
    )

    def on_event(event: Event) -> None:
        if event == Note("under way"):
            process.terminate()

    outcome = build(tmp_path / "state" / "w.sock", [], on_event)
    assert outcome == Finished(False, 0, 0, ("broken off: the dbt worker was told to end",))
    assert process.wait(60) == 0
    assert not (tmp_path / "state" / "w.sock").exists()
    with closing(StructureLock(lake_location.catalog)) as lock, lock:
        pass  # nobody holds it any more


def test_sigterm_ends_an_idle_worker(process: subprocess.Popen[str]) -> None:
    process.terminate()
    assert process.wait(60) == 0
    assert process.stdout is not None
    assert process.stdout.read() == "ended\n"


def test_a_build_waits_while_another_changes_the_lakes_structure(
    process: subprocess.Popen[str], dbt_project: Path, tmp_path: Path, lake_location: LakeLocation
) -> None:
    (dbt_project / "models" / "one.sql").write_text("select 1 as a", encoding="utf-8")
    answers: list[Finished] = []
    asking = threading.Thread(target=lambda: answers.append(build(tmp_path / "state" / "w.sock", [])))
    with closing(StructureLock(lake_location.catalog)) as lock, lock:
        asking.start()
        _until_somebody_waits(lake_location.catalog)
        assert answers == []
    asking.join()
    assert [answer.models for answer in answers] == [1]


def _until_somebody_waits(catalog: PostgresAddress) -> None:
    question = (
        "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database"
        " WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()"
    )
    with psycopg.connect(**catalog.libpq(), autocommit=True) as connection:
        while connection.execute(question).fetchone() == (0,):
            pass
