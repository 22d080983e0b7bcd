"""Fixtures every suite may use."""

from __future__ import annotations

import os
import signal
import tempfile
import uuid
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from hypothesis import HealthCheck, settings

from mainstem.assemble.postgres import postgres_child
from mainstem.config import Secret
from mainstem.store import Database, EmbeddedServer, ensure_database, find_programs, upgrade
from mainstem.supervise import Supervisor
from mainstem.testing.bucket import bucket_server, new_bucket
from mainstem.testing.share import share_of
from mainstem.warehouse.ducklake import Bucket, LakeLocation, extension_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.config import PostgresAddress
    from mainstem.testing.saas import SaasHost

REPOSITORY = Path(__file__).resolve().parent.parent
POSTGRES_SETTINGS = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n"
"""Of the server of a run, whose data die with it."""

TIMELESS = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""What takes long on a busy machine is no mistake."""

settings.register_profile("share", TIMELESS, max_examples=share_of(100))
settings.load_profile("share")

HEAVIEST = ("journey", "long")
"""Markers of tests that take seconds each, in the order in which their files begin."""


@pytest.hookimpl(trylast=True)  # after pytest-randomly, whose order stays within each weight
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with heavy tests first: a worker that is given the last of them leaves no other idle for long."""
    weights: dict[Path, int] = {}
    for item in items:
        marked = [rank for rank, marker in enumerate(HEAVIEST) if item.get_closest_marker(marker)]
        weights[item.path] = min([weights.get(item.path, len(HEAVIEST)), *marked])
    items.sort(key=lambda item: weights[item.path])


@pytest.fixture(autouse=True)
def _forget_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process strikes every secret it has read out of what it says; a test has read none of another's."""
    monkeypatch.setattr(Secret, "_values", set())


@pytest.fixture(autouse=True, scope="session")
def _signals_reach_processes() -> None:
    """A run in the background of a shell, or under nohup, ignores these, and so would all that it starts: a
    program inherits what is ignored, and not what is handled."""
    for number in (signal.SIGINT, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, lambda *_: None)


@pytest.fixture(autouse=True, scope="session")
def _no_schedules() -> Iterator[None]:
    """Projects of tests do what tests do, not what is due at this hour; tests of the runner say otherwise."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MAINSTEM_RUNNER_ENABLED", "false")
        yield


@pytest.fixture(scope="session")
def conformance() -> Path:
    """Folder of recorded SDK requests and warehouse-schema cases.

    They live beside the repository, never in it; `MAINSTEM_CONFORMANCE` names another place.
    """
    folder = Path(os.environ.get("MAINSTEM_CONFORMANCE", REPOSITORY.parent / "shared" / "conformance"))
    if not folder.is_dir():
        message = f"no conformance data at {folder}; set MAINSTEM_CONFORMANCE to its folder"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return folder


@pytest.fixture(scope="session")
def npm() -> Path:
    """The folder `node_modules` with the packages of `tests/npm`; `make test` installs it."""
    default = REPOSITORY / ".venv" / "npm" / "node_modules"
    folder = Path(os.environ.get("MAINSTEM_NPM", default))
    if not folder.is_dir():
        message = f"no npm packages in {folder}: `make test` installs them; MAINSTEM_NPM names another place"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return folder


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresAddress]:
    """One embedded Postgres for the whole run: the superuser's address."""
    with tempfile.TemporaryDirectory(prefix="mainstem-test-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # run by root, the server is another user's and must get in
        server = EmbeddedServer.prepare(folder, find_programs(None))
        with (server.folder / "postgresql.conf").open("a", encoding="utf-8") as configuration:
            configuration.write(POSTGRES_SETTINGS)
        with Supervisor(folder / "logs") as supervisor:
            supervisor.start(postgres_child(server))
            yield server.address


@pytest.fixture
def catalog(postgres: PostgresAddress) -> Iterator[PostgresAddress]:
    """A fresh database with a role of its own, dropped afterwards."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    yield ensure_database(postgres, name)
    with psycopg.connect(**postgres.libpq(), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())
        connection.execute(f'DROP ROLE "{name}"'.encode())


@pytest.fixture
def database(catalog: PostgresAddress) -> Iterator[Database]:
    """The product's own records in a fresh database, as they are made today."""
    upgrade(catalog)
    database = Database(catalog, name="test", largest=4)
    yield database
    database.close()


@pytest.fixture
def lake_location(catalog: PostgresAddress, tmp_path: Path) -> LakeLocation:
    """An empty lake's place, for as many processes or connections as a test wants."""
    return LakeLocation(
        catalog=catalog,
        metadata_schema="lake",
        data_path=f"{tmp_path}/lake/",
        extensions=extension_folder(tmp_path / "extensions"),
    )


@pytest.fixture(scope="session")
def buckets() -> Iterator[str]:
    """The address of one server of buckets for the whole run."""
    with bucket_server() as address:
        yield address


@pytest.fixture
def bucket_location(lake_location: LakeLocation, buckets: str) -> LakeLocation:
    """An empty lake whose files lie in a bucket of its own."""
    settings = new_bucket(buckets)
    data_path = f"{settings.data_path}/"
    return replace(lake_location, data_path=data_path, bucket=Bucket.of(settings, data_path))


@pytest.fixture(scope="session")
def saas() -> Iterator[SaasHost]:
    """Where simulated services are while tests run."""
    from mainstem.testing.saas import saas_host  # what other tests need not import

    with saas_host() as host:
        yield host
