from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import psycopg
import pytest

from mainstem.assemble.postgres import answers, postgres_child
from mainstem.errors import EnvironmentFailure
from mainstem.store import EmbeddedServer, ensure_database, find_programs
from mainstem.supervise import Supervisor

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.long


def test_a_server_keeps_its_databases_over_a_restart(open_folder: Path) -> None:
    for _ in range(2):
        server = EmbeddedServer.prepare(open_folder, find_programs(None))
        with Supervisor(open_folder / "logs") as supervisor:
            supervisor.start(postgres_child(server))
            assert server.running_pid() is not None
            address = ensure_database(server.address, "catalog")
            with psycopg.connect(**address.libpq()) as connection:
                connection.execute("CREATE TABLE IF NOT EXISTS kept (x int)")
                connection.execute("INSERT INTO kept VALUES (1)")
        assert server.running_pid() is None
        assert not answers(server.address)
    with Supervisor(open_folder / "logs") as supervisor:
        supervisor.start(postgres_child(server))
        with psycopg.connect(**address.libpq()) as connection:
            assert connection.execute("SELECT count(*) FROM kept").fetchone() == (2,)


def test_a_half_made_data_folder_is_made_again(open_folder: Path) -> None:
    (open_folder / "postgres.unfinished").mkdir()
    (open_folder / "postgres.unfinished" / "PG_VERSION").write_text("18")
    server = EmbeddedServer.prepare(open_folder, find_programs(None))
    assert (server.folder / "postgresql.conf").exists()
    assert not (open_folder / "postgres.unfinished").exists()


def test_only_its_own_user_enters_the_socket_folder(open_folder: Path) -> None:
    server = EmbeddedServer.prepare(open_folder, find_programs(None))
    assert server.socket_folder.stat().st_mode & 0o077 == 0


def test_a_path_too_long_for_a_socket_gets_a_short_one(open_folder: Path) -> None:
    deep = open_folder / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)
    server = EmbeddedServer.prepare(deep, find_programs(None))
    assert len(f"{server.socket_folder}/.s.PGSQL.5432") < 108
    with Supervisor(open_folder / "logs") as supervisor:
        supervisor.start(postgres_child(server))
        assert answers(server.address)


def test_data_of_another_major_version_is_refused_by_name(open_folder: Path) -> None:
    server = EmbeddedServer.prepare(open_folder, find_programs(None))
    (server.folder / "PG_VERSION").write_text("12\n")
    with pytest.raises(EnvironmentFailure, match=r"made by Postgres 12.*postgres\.programs"):
        EmbeddedServer.prepare(open_folder, find_programs(None))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts the server as another user")
def test_root_opens_nobodys_folder_for_the_server(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    server = EmbeddedServer.prepare(closed, find_programs(None))
    assert closed.stat().st_mode & 0o777 == 0o700
    assert server.folder.is_relative_to("/var/lib/mainstem")
    with Supervisor(tmp_path / "logs") as supervisor:
        supervisor.start(postgres_child(server))
        assert answers(server.address)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts the server as another user")
def test_a_project_made_anew_in_the_same_folder_gets_a_new_database(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    folders = []
    for _ in range(2):
        closed.mkdir(mode=0o700)
        folders.append(EmbeddedServer.prepare(closed, find_programs(None)).folder)
        assert EmbeddedServer.prepare(closed, find_programs(None)).folder == folders[-1]
        shutil.rmtree(closed)
    assert folders[0] != folders[1]
    for folder in folders:
        shutil.rmtree(folder)


def test_a_strangers_process_is_not_taken_for_the_server(open_folder: Path) -> None:
    server = EmbeddedServer.prepare(open_folder, find_programs(None))
    (server.folder / "postmaster.pid").write_text(f"{os.getpid()}\n")
    assert server.running_pid() is None
    stranger = subprocess.Popen([sys.executable, "-c", "input()", "postgres"], stdin=subprocess.PIPE)
    (server.folder / "postmaster.pid").write_text(f"{stranger.pid}\n")
    assert server.running_pid() is None
    stranger.communicate(b"\n")


def test_a_folder_without_programs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFailure, match="holds no program `postgres`"):
        find_programs(str(tmp_path))
