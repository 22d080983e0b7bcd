"""`mainstem upkeep` on a project with a server of its own, as a user calls it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pyarrow as pa
import pytest
from click.testing import CliRunner

from mainstem.assemble.doctor import examine
from mainstem.assemble.postgres import embedded_server, open_records, postgres_child, prepare_databases
from mainstem.assemble.project import open_project
from mainstem.assemble.upkeep import DUMPS_FOLDER, open_caretaker
from mainstem.assemble.warehouse import open_warehouse
from mainstem.cli.upkeep import command
from mainstem.errors import EnvironmentFailure
from mainstem.store.upkeep import UpkeepSteps
from mainstem.supervise import Supervisor
from mainstem.warehouse import ColumnType, TableName

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.assemble.project import Project

pytestmark = pytest.mark.long

T = TableName("web", "pages")
TOML = '[[sources]]\nid = "web"\nname = "Web"\nwrite_keys = ["key"]\n[upkeep]\nmerge_files = 3\n'


@pytest.fixture(scope="module")
def project() -> Iterator[Project]:
    """With one table of four files."""
    with tempfile.TemporaryDirectory(prefix="mainstem-test-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "mainstem.toml").write_text(TOML, encoding="utf-8")
        project = open_project(folder)
        server = embedded_server(project)
        assert server is not None
        with Supervisor(folder / "logs") as supervisor:
            supervisor.start(postgres_child(server))
            prepare_databases(project)
            lake = open_warehouse(project, read_only=False)
            with lake.transaction("make", ddl=True) as transaction:
                transaction.create_table(T, {"id": ColumnType.STRING})
            for number in range(4):
                with lake.transaction("add") as transaction:
                    transaction.append(T, pa.table({"id": [str(number)]}))
            lake.close()
            yield project


def said(project: Project, *arguments: str) -> str:
    done = CliRunner().invoke(command, [*arguments, "--project", str(project.folder)])
    assert done.exit_code == 0, done.output
    return done.stdout  # lines of its log, where a test before has set one up, go elsewhere


def test_a_round_is_told_before_done_and_kept(project: Project) -> None:
    assert "merge web.pages: 4 files, 4 rows" in said(project, "--dry-run")
    steps = msgspec.json.decode(said(project, "--once", "--json"))
    [merged] = [step for step in steps if step["step"] == "merge"]
    assert (merged["subject"], merged["files_before"], merged["files_after"]) == ("web.pages", 4, 1)
    assert not any(step["problem"] for step in steps)
    assert len(list((project.data_dir / DUMPS_FOLDER).glob("*.dump"))) == 1
    assert said(project, "--dry-run") == "nothing is due\n"
    assert said(project, "--once") == "nothing was due\n"
    with open_records(project, "test") as records:
        assert "merge" in {step.step for step in UpkeepSteps(records).newest(9)}
    [finding] = [found for found in examine(project.folder) if found.check == "lake"]
    assert finding.result == "ok"


def test_only_one_looks_after_a_lake(project: Project) -> None:
    with (
        open_caretaker(project),
        pytest.raises(EnvironmentFailure, match="another upkeep"),
        open_caretaker(project),
    ):
        pass


@pytest.mark.parametrize("options", [("--once", "--dry-run"), ("--json",)])
def test_options_that_do_not_go_together_are_told(options: tuple[str, ...]) -> None:
    done = CliRunner().invoke(command, [*options, "--project", "/"])
    assert done.exit_code == 2
