"""A project's Postgres works the same wherever it comes from: a URL, the package, an installed Postgres."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import psutil
import psycopg
import pytest

from mainstem.assemble.postgres import (
    answers,
    catalog_address,
    embedded_server,
    open_records,
    postgres_child,
    prepare_databases,
)
from mainstem.assemble.project import Project, open_project
from mainstem.config import PostgresAddress, Secret
from mainstem.errors import EnvironmentFailure
from mainstem.store import ANALYST, CRM, MAINSTEM, EmbeddedServer, ensure_database, find_programs
from mainstem.store.programs import installed_folders, wheel_folders
from mainstem.store.roles import connect, derived_password, set_password
from mainstem.supervise import ChildSpec, Readiness, Supervisor

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.long

PASSWORD = """of the "superuser", with 'quotes' and %"""
ANALYSTS = "of the analysts"


@dataclass(frozen=True)
class Source:
    """A project, and how the server behind it is run."""

    project: Project
    spec: ChildSpec
    address: PostgresAddress
    """Of the role that makes databases and roles."""
    folder: Path
    has_passwords: bool = False

    def running(self) -> Supervisor:
        """The server, up until the block ends."""
        supervisor = Supervisor(self.folder / "logs")
        supervisor.start(self.spec)
        return supervisor

    def pid(self) -> int:
        """Of the running server itself."""
        data = Path(self.spec.command[self.spec.command.index("-D") + 1])
        return int((data / "postmaster.pid").read_text().splitlines()[0])


def programs(source: str) -> Path:
    """The folder of programs of a source, or a skip that says what is missing here."""
    for folder in wheel_folders() if source == "wheel" else installed_folders():
        if (folder / "initdb").is_file():
            return folder
    pytest.skip(f"this machine has no Postgres from the {source}: nothing to hold to the contract")


def project_in(folder: Path, *settings: str) -> Project:
    folder.mkdir()
    lines = ("[postgres]", *settings, f'analyst_password = "{ANALYSTS}"', "")
    (folder / "mainstem.toml").write_text("\n".join(lines))
    return open_project(folder)


def embedded_source(folder: Path, source: str) -> Source:
    project = project_in(folder / "project", f'programs = "{programs(source)}"')
    server = embedded_server(project)
    assert server is not None
    return Source(project, postgres_child(server), server.address, folder)


def url_source(folder: Path) -> Source:
    """Somebody else's server: on TCP, with passwords, made of whatever programs there are."""
    (folder / "elsewhere").mkdir(mode=0o755)
    server = EmbeddedServer.prepare(folder / "elsewhere", find_programs(None))
    with Supervisor(folder / "logs") as supervisor:
        supervisor.start(postgres_child(server))
        with connect(server.address) as superuser:
            set_password(superuser, "postgres", Secret(PASSWORD))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with (server.folder / "postgresql.conf").open("a") as conf:
        conf.write(f"listen_addresses = '127.0.0.1'\nport = {port}\n")
    (server.folder / "pg_hba.conf").write_text("host all all 127.0.0.1/32 scram-sha-256\n")
    secret = folder / "postgres.url"
    secret.write_text(f"postgresql://postgres:{quote(PASSWORD, safe='')}@127.0.0.1:{port}/postgres\n")
    address = PostgresAddress("127.0.0.1", port, "postgres", "postgres", Secret(PASSWORD))
    project = project_in(folder / "project", f'url = "file:{secret}"')
    spec = replace(postgres_child(server), readiness=Readiness(lambda: answers(address)))
    return Source(project, spec, address, folder, has_passwords=True)


@pytest.fixture(params=["url", "wheel", "system"])
def source(request: pytest.FixtureRequest) -> Iterator[Source]:
    with tempfile.TemporaryDirectory(prefix="mainstem-test-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # run by root, the server is another user's and must get in
        yield url_source(folder) if request.param == "url" else embedded_source(folder, request.param)


def test_each_database_is_its_roles_alone_and_survives_a_restart(source: Source) -> None:
    with source.running():
        prepare_databases(source.project)
        catalog = catalog_address(source.project)
        with connect(catalog) as owner:
            owner.execute("CREATE TABLE kept AS SELECT 1 AS n")
        for name in (MAINSTEM, CRM):
            address = ensure_database(source.address, name)
            assert (address.user, address.database) == (name, name)
            with connect(address) as owner:
                assert owner.execute(
                    "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
                ).fetchone() == (False,)
            with pytest.raises(psycopg.OperationalError, match="permission denied"):
                connect(replace(address, database="catalog"))
    assert not answers(source.address)
    with source.running(), connect(catalog_address(source.project)) as owner:
        assert owner.execute("SELECT n FROM kept").fetchone() == (1,)


def test_what_was_committed_survives_a_kill(source: Source) -> None:
    with source.running() as supervisor:
        catalog = catalog_address(source.project)
        with connect(catalog) as owner:
            owner.execute("CREATE TABLE kept AS SELECT 1 AS n")
        server = psutil.Process(source.pid())
        family = [server, *server.children(recursive=True)]
        for process in family:
            process.send_signal(signal.SIGKILL)
        psutil.wait_procs(family, timeout=60)
        supervisor.stop()
    with source.running(), connect(catalog) as owner:
        assert owner.execute("SELECT n FROM kept").fetchone() == (1,)


def test_records_are_migrated_and_reached_by_their_own_role(source: Source) -> None:
    with source.running():
        with pytest.raises(EnvironmentFailure, match="run `mainstem up`"), open_records(source.project, "a"):
            pass
        prepare_databases(source.project)
        with open_records(source.project, "test") as database, database.transaction() as connection:
            assert connection.execute("SELECT current_user::text, count(*) FROM users").fetchone() == (
                MAINSTEM,
                0,
            )


def test_analysts_read_the_catalog_alone(source: Source) -> None:
    with source.running():
        prepare_databases(source.project)
        catalog = catalog_address(source.project)
        with connect(catalog) as owner:
            owner.execute("CREATE TABLE later AS SELECT 1 AS n")
        analyst = replace(catalog, user=ANALYST, password=Secret(ANALYSTS))
        with connect(analyst) as reader:
            assert reader.execute("SELECT n FROM later").fetchone() == (1,)
            reader.execute("SET default_transaction_read_only = off")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                reader.execute("DELETE FROM later")
        with pytest.raises(psycopg.OperationalError, match="permission denied"):
            connect(replace(analyst, database=MAINSTEM))


def test_a_password_is_asked_for_where_the_server_asks(source: Source) -> None:
    with source.running():
        catalog = catalog_address(source.project)
        assert (catalog.password is not None) == source.has_passwords
        if source.has_passwords:
            assert catalog.password == derived_password(source.address, "catalog")
            with pytest.raises(psycopg.OperationalError, match="password"):
                connect(replace(catalog, password=Secret("another")))
            with connect(source.address) as superuser:
                set_password(superuser, "catalog", Secret("set by somebody"))
            connect(catalog_address(source.project)).close()


def test_a_server_that_is_away_is_said_to_be_with_what_to_do(source: Source) -> None:
    with pytest.raises(
        EnvironmentFailure, match=r"does not answer; (start it with|check postgres\.url)"
    ) as e:
        catalog_address(source.project)
    assert "superuser" not in str(e.value)


_RUN_AS_SOMEBODY = """
import sys
from pathlib import Path
from mainstem.assemble.postgres import postgres_child
from mainstem.store import EmbeddedServer, ensure_database, find_programs
from mainstem.store.roles import connect
from mainstem.supervise import Supervisor

folder = Path(sys.argv[1])
server = EmbeddedServer.prepare(folder, find_programs(sys.argv[2]))
assert server.user is None and server.folder == folder / "postgres", server
with Supervisor(folder / "logs") as supervisor:
    supervisor.start(postgres_child(server))
    with connect(ensure_database(server.address, "catalog")) as owner:
        print(owner.execute("SELECT current_user::text").fetchone())
"""


def _skip_where_it_cannot_run(user: str) -> None:
    """Root's own Python may lie in a home that nobody else may enter."""
    try:
        found = subprocess.run(
            [sys.executable, "-c", "import mainstem"], user=user, cwd="/", capture_output=True, check=False
        )
    except PermissionError:
        found = None
    if found is None or found.returncode != 0:
        pytest.skip(f"the user {user} cannot run {sys.executable}; run the tests as somebody else than root")


@pytest.mark.parametrize("origin", ["wheel", "system"])
def test_somebody_who_is_not_root_runs_it_as_themselves_in_their_own_folder(origin: str) -> None:
    found = programs(origin)
    with tempfile.TemporaryDirectory(prefix="mainstem-test-") as name:
        user = None
        if os.geteuid() == 0:
            user = "nobody"
            _skip_where_it_cannot_run(user)
            os.chown(name, pwd.getpwnam(user).pw_uid, -1)
        command = [sys.executable, "-c", _RUN_AS_SOMEBODY, name, str(found)]
        environment = {**os.environ, "HOME": name, "TMPDIR": name}
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, user=user, env=environment, cwd=name
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip() == "('catalog',)"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts the server as another user")
@pytest.mark.parametrize("origin", ["wheel", "system"])
def test_root_runs_it_as_another_user_and_opens_nobodys_folder(origin: str, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    server = EmbeddedServer.prepare(closed, find_programs(str(programs(origin))))
    try:
        assert closed.stat().st_mode & 0o777 == 0o700
        assert server.user is not None
        with Supervisor(tmp_path / "logs") as supervisor:
            supervisor.start(postgres_child(server))
            assert psutil.Process(server.running_pid()).username() == server.user
    finally:
        shutil.rmtree(server.folder)
