"""A catalog that was damaged is brought back from a dump, and the lake catches up to what it was."""

from __future__ import annotations

import asyncio
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec
import psycopg
import pytest
from click.testing import CliRunner

from mainstem.assemble.backup import running_postgres
from mainstem.assemble.catalog_dump import restore_catalog
from mainstem.assemble.load import run_loader
from mainstem.assemble.postgres import open_records, prepare_databases
from mainstem.assemble.project import open_project
from mainstem.assemble.up import only_one
from mainstem.assemble.upkeep import catalog_dumps
from mainstem.assemble.warehouse import lake_location, open_warehouse
from mainstem.cli.upkeep import command
from mainstem.errors import FatalError, UsageError
from mainstem.events import Received, encode_received
from mainstem.log import LogSettings, open_writer
from mainstem.operate.upkeep import UpkeepSettings
from mainstem.store.publications import Publications
from mainstem.testing.held import held
from mainstem.warehouse.ducklake import CatalogCheck, Snapshots

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.assemble.project import Project
    from mainstem.testing.held import Held

pytestmark = pytest.mark.long

SETTINGS = """
[project]
data_dir = "data"
[[sources]]
id = "web"
name = "Web"
write_keys = ["key"]
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    tmp_path.chmod(0o755)  # run by root, Postgres is another user's and must get in
    (tmp_path / "mainstem.toml").write_text(SETTINGS, encoding="utf-8")
    return open_project(tmp_path)


def load(project: Project, *numbers: int) -> None:
    def record(number: int) -> bytes:
        event = {"type": "track", "event": f"Clicked {number % 2}", "userId": "u", "messageId": f"m{number}"}
        raw = msgspec.Raw(msgspec.json.encode(event))
        return encode_received(Received("2026-01-02T03:04:05.678Z", "10.0.0.1", "web", raw))

    async def write() -> None:
        writer = open_writer(project.data_dir, "events", "gateway-0", LogSettings())
        await writer.append([record(number) for number in numbers])
        await writer.close()

    asyncio.run(write())
    run_loader(project.folder, once=True)


def publish(project: Project) -> tuple[int, int]:
    """The number of a build that is published now, and its snapshot."""
    now = datetime.now(UTC)
    newest = snapshots(project).newest()
    with open_records(project, "test") as database:
        publications = Publications(database)
        build = publications.begin(["build"], "test", now)
        publications.finish(
            build, now, success=True, partial="", models=1, tests=1, failures=[], snapshot=newest,
            consequence="published",
        )  # fmt: skip
        publications.publish(build, now, None, "build", hold=False)
    return build, newest


def snapshots(project: Project) -> Snapshots:
    location = lake_location(project)
    return Snapshots(location.catalog, location.metadata_schema)


def tables(project: Project) -> Held:
    with closing(open_warehouse(project, read_only=True)) as lake:
        return held(lake, ["web"])


def test_a_damaged_catalog_comes_back_from_a_dump_and_later_events_from_the_log(project: Project) -> None:
    with running_postgres(project):
        prepare_databases(project)
        load(project, 0, 1, 2)
        early, _ = publish(project)
        dumps = catalog_dumps(project, lake_location(project), UpkeepSettings())
        assert dumps is not None
        dumps.make(datetime.now(UTC))
        load(project, 3, 4)
        late, gone = publish(project)
        wanted = tables(project)
        location = lake_location(project)
        with psycopg.connect(**location.catalog.libpq()) as connection:
            connection.execute(b"UPDATE lake.ducklake_table SET schema_id = 999")
        check = CatalogCheck(location.catalog, location.metadata_schema)
        with pytest.raises(FatalError, match="damaged"):
            check.check()

    done = CliRunner().invoke(command, ["--restore-catalog", "newest", "--project", str(project.folder)])
    assert done.exit_code == 0, done.output
    assert f"readers are shown build {early}" in done.output
    with running_postgres(project):
        check.check()
        assert sum(tables(project)["web.tracks"][1].values()) == 3
        assert not snapshots(project).exists(gone)
        run_loader(project.folder, once=True)
        assert tables(project) == wanted
        assert snapshots(project).newest() > gone
        with open_records(project, "test") as database:
            shown = Publications(database).current()
        assert shown is not None
        assert shown.build_id == early != late


def test_nothing_is_brought_back_while_the_project_runs_or_without_a_dump(project: Project) -> None:
    with pytest.raises(UsageError, match="there are no dumps in"):
        restore_catalog(project.folder)
    with pytest.raises(UsageError, match=r"there is no dump .*a\.dump"):
        restore_catalog(project.folder, project.folder / "a.dump")
    (project.folder / "a.dump").touch()
    with only_one(project), pytest.raises(UsageError, match="already running"):
        restore_catalog(project.folder, project.folder / "a.dump")
