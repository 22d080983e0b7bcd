"""A project whose lake, archive and backups lie in buckets: kept tidy, backed up, restored, erased from."""

from __future__ import annotations

import asyncio
import io
import shutil
import tempfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from mainstem.assemble.archive import archive_once
from mainstem.assemble.backup import check_backups, make_backup, running_postgres
from mainstem.assemble.erase import erase_person, verify_erasure
from mainstem.assemble.load import run_loader
from mainstem.assemble.postgres import prepare_databases, server_address
from mainstem.assemble.project import open_project
from mainstem.assemble.restore import restore_backup
from mainstem.assemble.warehouse import lake_location, open_warehouse
from mainstem.cli.upkeep import command as upkeep_command
from mainstem.errors import UsageError
from mainstem.events import Received, encode_received
from mainstem.log import LogSettings, open_writer
from mainstem.log.archive.bucket import BucketStorage
from mainstem.testing.bucket import KEY_ID, SECRET, new_bucket
from mainstem.testing.held import held
from mainstem.warehouse.ducklake import DuckLakeUpkeep

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.assemble.project import Project
    from mainstem.testing.held import Held

pytestmark = pytest.mark.long

ANA = "ana-7f3e9c21"
SETTINGS = """
[project]
data_dir = "data"
[[sources]]
id = "web"
name = "Web"
write_keys = ["key"]
[warehouse]
data_path = "{lake}"
s3_endpoint = "{endpoint}"
s3_key_id = "env:AWS_ACCESS_KEY_ID"
s3_secret = "env:AWS_SECRET_ACCESS_KEY"
[log]
archive = "{archive}"
[upkeep]
merge_files = 4
"""


@pytest.fixture(scope="module")
def places(buckets: str) -> Iterator[dict[str, str]]:
    """A bucket each for the lake, another lake, the archive and the backups."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_ENDPOINT_URL", buckets)
        environment.setenv("AWS_REGION", "us-east-1")
        environment.setenv("AWS_ACCESS_KEY_ID", KEY_ID)
        environment.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
        names = ("lake", "other lake", "archive", "backups")
        yield {"endpoint": buckets, **{name: str(new_bucket(buckets).data_path) for name in names}}


@pytest.fixture(scope="module")
def project(places: dict[str, str]) -> Iterator[Project]:
    """It runs, and has loaded eight commits of events, Ana's among them, and archived them."""
    with tempfile.TemporaryDirectory(prefix="mainstem-test-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # run by root, Postgres is another user's and must get in
        (folder / "mainstem.toml").write_text(SETTINGS.format(**places), encoding="utf-8")
        project = open_project(folder)
        with running_postgres(project):
            prepare_databases(project)
            for commit in range(8):
                accept(project, commit)
                run_loader(folder, once=True)
            archive_once(project)
            yield project


def accept(project: Project, commit: int) -> None:
    def record(user: str) -> bytes:
        event = {
            "type": "track" if commit % 2 else "identify",
            "event": "Paid",
            "messageId": f"{user}-{commit}",
            "userId": user,
            "properties": {"n": commit},
            "traits": {"note": f"of {user}"},
        }
        raw = msgspec.Raw(msgspec.json.encode(event))
        return encode_received(Received("2026-01-02T03:04:05.678Z", "10.0.0.1", "web", raw))

    async def write() -> None:
        writer = open_writer(project.data_dir, "events", "gateway-0", LogSettings(segment_bytes=500))
        await writer.append([record(user) for user in (ANA, "bob", f"guest-{commit}")])
        await writer.close()

    asyncio.run(write())


def tables(project: Project) -> Held:
    with closing(open_warehouse(project, read_only=True)) as lake:
        return held(lake, ["web"])


def objects(place: str) -> dict[str, bytes]:
    """What the bucket of `place` holds, Parquet files with their values in plain text too."""
    storage = BucketStorage(f"s3://{urlsplit(place).netloc}")
    found = {one.name: b"".join(storage.pieces(one.name)) for one in storage.list("")}
    return {
        name: data + repr(pq.read_table(io.BytesIO(data)).to_pydict()).encode()
        if name.endswith(".parquet")
        else data
        for name, data in found.items()
    }


def test_upkeep_merges_and_removes_files_and_leaves_every_row(
    project: Project, places: dict[str, str]
) -> None:
    wanted, before = tables(project), objects(places["lake"])
    done = CliRunner().invoke(upkeep_command, ["--once", "--json", "--project", str(project.folder)])
    assert done.exit_code == 0, done.output
    steps = msgspec.json.decode(done.stdout)
    assert "merge" in {step["step"] for step in steps}
    assert not any(step["problem"] for step in steps)
    orphan = BucketStorage(places["lake"])
    orphan.write("web/paid/left-by-a-writer.parquet", [b"PAR1"])
    with closing(DuckLakeUpkeep(lake_location(project), server_address(project))) as upkeep:
        newest = upkeep.snapshots()[-1].id
        upkeep.expire([one.id for one in upkeep.snapshots()], lambda: {newest})
        assert upkeep.clean_up(timedelta(0), datetime.now(UTC) + timedelta(seconds=1)) > 0
        assert upkeep.sweep(datetime.now(UTC) + timedelta(minutes=1)) == 1
        named = sum(len(table.files) for table in upkeep.tables())
    after = objects(places["lake"])
    assert named <= len(after) < len(before)
    assert tables(project) == wanted


def test_a_backup_is_restored_from_one_bucket_into_another(
    project: Project, places: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = tables(project)
    first = make_backup(project.folder, places["backups"], nothing)
    again = make_backup(project.folder, places["backups"], nothing)
    assert again.copied_files < first.copied_files
    assert check_backups(places["backups"], None, lambda _done, _of: None)[1] == []
    with pytest.raises(UsageError, match="holds files: set MAINSTEM_WAREHOUSE_DATA_PATH"):
        restore_backup(places["backups"], tmp_path / "again", None, nothing)
    monkeypatch.setenv("MAINSTEM_WAREHOUSE_DATA_PATH", places["other lake"])
    tmp_path.chmod(0o755)
    restore_backup(places["backups"], tmp_path / "again", None, nothing)
    restored = open_project(tmp_path / "again")
    for name in again.left_out:
        # Secrets are brought by hand, as the guide says; there is one where somebody was erased before.
        standing = project.data_dir / name
        if standing.is_file():
            shutil.copy(standing, restored.data_dir / name)
    with running_postgres(restored):
        assert tables(restored) == wanted
        run_loader(restored.folder, once=True)
        assert tables(restored) == wanted


def test_a_person_is_erased_from_every_object(project: Project, places: dict[str, str]) -> None:
    run_loader(project.folder, once=True)
    archive_once(project)
    token, kept = ANA.encode(), ("lake", "archive")
    assert all(any(token in data for data in objects(places[place]).values()) for place in kept)
    report = erase_person(project, (ANA,), "test")
    assert (report.failed, report.left) == ({}, {})
    for place in kept:
        found = objects(places[place])
        assert [name for name, data in found.items() if token in data] == []
        assert any(b"bob" in data for data in found.values())
    assert verify_erasure(project, (ANA,)) == {}


def nothing(_: int) -> None: ...
