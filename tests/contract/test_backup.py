"""A project, backed up while it is used and brought back elsewhere, holds the same and goes on from there."""

from __future__ import annotations

import asyncio
from contextlib import closing
from typing import TYPE_CHECKING

import msgspec
import pytest

from mainstem.assemble.backup import (
    check_backups,
    list_backups,
    make_backup,
    running_postgres,
)
from mainstem.assemble.log import ConsumedMarks, project_log
from mainstem.assemble.postgres import prepare_databases
from mainstem.assemble.project import open_project
from mainstem.assemble.restore import restore_backup
from mainstem.assemble.warehouse import open_warehouse
from mainstem.errors import ConfigError, UsageError
from mainstem.events import Received, encode_received
from mainstem.load import Loader, LoadSettings
from mainstem.log import LogSettings, open_writer

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.long

SETTINGS = """
[project]
name = "Kept"
data_dir = "data"

[[sources]]
id = "web"
name = "Web"
write_keys = ["key"]

[privacy]
key = "file:private/pseudonyms.txt"
"""


def project_in(folder: Path) -> Path:
    (folder / "private").mkdir(parents=True)
    (folder / "private" / "pseudonyms.txt").write_text("0123456789abcdef" * 4)
    (folder / "dbt" / "models").mkdir(parents=True)
    (folder / "dbt" / "models" / "a.sql").write_text("select 1")
    (folder / "dbt" / "target").mkdir()
    (folder / "dbt" / "target" / "made.json").write_text("{}")
    (folder / "mainstem.toml").write_text(SETTINGS)
    return folder


def send(folder: Path, *numbers: int) -> None:
    """Accept events, as the gateway does."""

    def record(number: int) -> bytes:
        event = {
            "type": ("track", "identify")[number % 2],
            "event": "clicked",
            "userId": f"u{number % 3}",
            "messageId": f"m{number}",
            "properties": {"n": number, f"p{number}": True},
            "traits": {"n": number},
        }
        raw = msgspec.Raw(msgspec.json.encode(event))
        return encode_received(Received("2026-01-02T03:04:05.678Z", "10.0.0.1", "web", raw))

    async def write() -> None:
        writer = open_writer(
            open_project(folder).data_dir, "events", "gateway-0", LogSettings(segment_bytes=500)
        )
        for number in numbers:
            await writer.append([record(number)])
        await writer.close()

    asyncio.run(write())


def load(folder: Path) -> None:
    project = open_project(folder)
    log = project_log(project, "events")
    with closing(open_warehouse(project, read_only=False)) as lake:
        Loader(log, lake, project.sources(), LoadSettings(), consumed=ConsumedMarks(log).tell).run_once()


def rows(folder: Path) -> dict[str, list[str]]:
    found = {}
    with closing(open_warehouse(open_project(folder), read_only=True)) as lake:
        for table, columns in lake.columns("web").items():
            names = ", ".join(f'"{name}"' for name in sorted(columns) if name != "uuid_ts")
            found[table] = sorted(
                map(repr, lake.query(f'SELECT {names} FROM lake.web."{table}"').to_pylist())
            )
    return found


def nothing(_: int) -> None: ...


def test_a_restored_project_equals_the_first_and_loads_what_its_log_holds_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = project_in(tmp_path / "first"), tmp_path / "second"
    kept = str(tmp_path / "kept")
    with running_postgres(open_project(first)):
        prepare_databases(open_project(first))
        send(first, *range(6))
        load(first)
        early = make_backup(first, kept, nothing)
        send(first, 2, *range(6, 12))
        load(first)
        send(first, 3, 12, 13)  # accepted, and not loaded when the backup is made
        late = make_backup(first, kept, nothing)
        load(first)
        expected = rows(first)
        with (
            monkeypatch.context() as elsewhere,
            pytest.raises(UsageError, match=r"data folder .* is not empty"),
        ):
            elsewhere.setenv("MAINSTEM_PROJECT_DATA_DIR", str(first / "data"))
            restore_backup(kept, tmp_path / "third", None, nothing)
        assert not (tmp_path / "third").exists()
    assert late.left_out == ("private/pseudonyms.txt",)
    assert late.copied_files < late.files
    assert [one.id for one in list_backups(kept)] == [early.id, late.id]
    assert check_backups(kept, None, lambda _done, _of: None)[1] == []

    restored = restore_backup(kept, second, None, nothing)
    assert restored.id == late.id
    assert sorted(path.relative_to(second).as_posix() for path in second.rglob("*.sql")) == [
        "dbt/models/a.sql"
    ]
    assert not (second / "dbt" / "target").exists()
    (second / "private").mkdir()
    (second / "private" / "pseudonyms.txt").write_text("0123456789abcdef" * 4)
    with running_postgres(open_project(second)):
        load(second)
        assert rows(second) == expected
        send(second, 5, 13, 14)
        load(second)
        assert len(rows(second)["tracks"]) == 8
    with pytest.raises(UsageError, match="second is not empty"):
        restore_backup(kept, second, None, nothing)


def test_a_secret_that_is_written_out_is_not_backed_up_unasked(tmp_path: Path) -> None:
    first = project_in(tmp_path / "first")
    settings = first / "mainstem.toml"
    settings.write_text(SETTINGS.replace("file:private/pseudonyms.txt", "0123456789abcdef" * 4))
    with pytest.raises(ConfigError, match=r"mainstem.toml:\d+: privacy.key is a secret, written out"):
        make_backup(first, str(tmp_path / "kept"), nothing)
    assert not (tmp_path / "kept").exists()


def test_a_backup_within_the_data_folder_is_refused(tmp_path: Path) -> None:
    first = project_in(tmp_path / "first")
    with pytest.raises(UsageError, match="name a place that does not go with it"):
        make_backup(first, str(first / "data" / "kept"), nothing)


def test_there_is_nothing_to_restore_where_there_is_no_backup(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no backup in"):
        restore_backup(str(tmp_path), tmp_path / "new", None, nothing)
