"""`mainstem connectors` and `mainstem sync` on a project with a server of its own, as a user calls them."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from click.testing import CliRunner, Result

from mainstem.assemble.connectors import list_connectors
from mainstem.assemble.postgres import embedded_server, mainstem_address, postgres_child, prepare_databases
from mainstem.assemble.project import open_project
from mainstem.assemble.warehouse import open_warehouse
from mainstem.cli.connectors import command as connectors
from mainstem.cli.sync import command as sync
from mainstem.errors import ConfigError, SyncIncomplete, UsageError
from mainstem.simulate.saas import ControlledClock, Fault, feed
from mainstem.simulate.saas.zendesk import ZendeskService
from mainstem.store.connectors import SyncFence
from mainstem.supervise import Supervisor
from mainstem.testing.connectors import NOON
from mainstem.testing.helpdesk import helpdesk

if TYPE_CHECKING:
    from collections.abc import Iterator

    import click

    from mainstem.assemble.project import Project
    from mainstem.testing.saas import SaasHost

pytestmark = pytest.mark.long

KEY = "a key for tests that is long enough"
STREAMS = ["tickets", "users", "groups"]
TOML = f"""[privacy]
key = "{KEY}"
[connectors.helpdesk]
type = "zendesk"
email = "etl@acme.example"
api_token = "simulated"
streams = {msgspec.json.encode(STREAMS).decode()}
base_url = """


@pytest.fixture(scope="module")
def service() -> ZendeskService:
    made = ZendeskService(ControlledClock(NOON))
    feed(helpdesk(9), [made], made.clock)
    made.clock.advance(600)
    return made


@pytest.fixture(scope="module")
def project(saas: SaasHost, service: ZendeskService) -> Iterator[Project]:
    with tempfile.TemporaryDirectory(prefix="mainstem-test-") as name, saas.hosting(service) as base_url:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "mainstem.toml").write_text(f'{TOML}"{base_url}"\n', encoding="utf-8")
        project = open_project(folder)
        server = embedded_server(project)
        assert server is not None
        with Supervisor(folder / "logs") as supervisor:
            supervisor.start(postgres_child(server))
            prepare_databases(project)
            yield project


def called(project: Project, command: click.Command, *arguments: str) -> Result:
    return CliRunner().invoke(command, [*arguments, "--project", str(project.folder)])


def rows(project: Project, sql: str) -> list[dict[str, Any]]:
    warehouse = open_warehouse(project, read_only=True)
    found: list[dict[str, Any]] = warehouse.query(sql).to_pylist()
    warehouse.close()
    return found


def test_a_connector_is_checked_and_synced_and_its_runs_are_kept(project: Project) -> None:
    checked = called(project, connectors, "check", "helpdesk")
    assert checked.exit_code == 0, checked.output
    assert "ok  credentials: user 380000, admin" in checked.output
    done = called(project, sync, "helpdesk")
    assert done.exit_code == 0, done.output
    assert "tickets  success  " in done.output
    assert done.output.endswith("helpdesk: success\n")
    [stands] = rows(project, "SELECT count(*) AS n, count(DISTINCT _key) AS keys FROM helpdesk.ticket")
    assert stands == {"n": 9, "keys": 9}
    [kept] = rows(
        project, "SELECT state, asked FROM connectors.sync_runs ORDER BY began_at DESC LIMIT 1"
    )  # the project is the module's, and its tests come in any order
    assert kept == {"state": "success", "asked": "incremental"}
    listed = called(project, connectors)
    assert listed.output.startswith("helpdesk  zendesk → helpdesk  */30 * * * *  success ")


def test_addresses_join_with_what_the_gateway_writes(project: Project) -> None:
    called(project, sync, "helpdesk", "--stream", "users")
    found = rows(project, "SELECT email, email_pseudonym FROM helpdesk.\"user\" WHERE role = 'end-user'")
    assert found
    assert all(row["email_pseudonym"].startswith("k1:") for row in found)


def test_a_stream_that_fails_makes_the_run_partial(project: Project, service: ZendeskService) -> None:
    service.faults.add(Fault("error", "/incremental/users", status=404, times=1))
    done = called(project, sync, "helpdesk", "--full")
    assert isinstance(done.exception, SyncIncomplete)
    assert "sync of helpdesk is partial: users: GET http" in str(done.exception)
    [one] = list_connectors(project)
    assert one.last is not None
    assert (one.last.state, one.last.asked) == ("partial", "full")
    assert {stream.stream: stream.state for stream in one.streams} == {
        "tickets": "success",
        "users": "failed",
        "groups": "success",
    }
    assert done.output.endswith("helpdesk: partial\n")


def test_two_syncs_of_one_connector_never_meet(project: Project) -> None:
    with SyncFence(mainstem_address(project)).held("helpdesk"):
        done = called(project, sync, "helpdesk")
    assert isinstance(done.exception, UsageError)
    assert "another sync of helpdesk is at work" in str(done.exception)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["helpdeks"], "there is no connector 'helpdeks'; there are helpdesk"),
        (["helpdesk", "--stream", "ticket"], "there is no stream 'ticket'; there are tickets, "),
        (["helpdesk", "--stream", "groups", "--from", "2024-01-01"], "groups cannot be read by a range"),
    ],
)
def test_what_there_is_not_is_told_with_what_there_is(
    project: Project, arguments: list[str], said: str
) -> None:
    done = called(project, sync, *arguments)
    assert isinstance(done.exception, UsageError)
    assert said in str(done.exception)


@pytest.mark.parametrize("command", [connectors, sync], ids=["check", "sync"])
def test_rows_expected_of_a_stream_that_there_is_not_are_refused_with_the_line(
    project: Project, command: click.Command
) -> None:
    file = project.folder / "mainstem.toml"
    written = file.read_text(encoding="utf-8")
    file.write_text(f"{written}least_rows = {{ ticket = 1 }}\n", encoding="utf-8")
    try:
        done = called(project, command, *(["check"] if command is connectors else []), "helpdesk")
    finally:
        file.write_text(written, encoding="utf-8")
    assert isinstance(done.exception, ConfigError)
    assert re.search(r"mainstem\.toml:\d+.*there is no stream 'ticket'.*tickets", str(done.exception), re.S)
