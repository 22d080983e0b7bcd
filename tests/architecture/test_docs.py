from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mainstem.assemble.project import SECTIONS
from mainstem.assemble.settings import SETTINGS

REPOSITORY = Path(__file__).parents[2]


@pytest.mark.long
@pytest.mark.parametrize(
    "name",
    [
        "configuration.md",
        "cli.md",
        "table-calculations.md",
        "orchestration-manifest.md",
        "manifest-v1.schema.json",
        "dag-file-v1.schema.json",
        "rest-api.md",
        "rest-declaration.schema.json",
    ],
)
def test_a_reference_is_what_the_code_says(name: str) -> None:
    """Made by a process of its own: a command keeps the help option of the first way it was called."""
    generate = REPOSITORY / "docs" / "generate.py"
    code = f"import runpy; print(runpy.run_path({str(generate)!r})['REFERENCES'][{name!r}](), end='')"
    made = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        check=True,
        env={**os.environ, "COLUMNS": "80", "PYTHONIOENCODING": "utf-8"},
    )
    assert (REPOSITORY / "docs" / name).read_text(encoding="utf-8") == made.stdout.decode(), "run `make docs`"


def test_every_section_that_is_read_has_settings_to_document() -> None:
    assert {*SETTINGS, "connectors", "destinations"} == SECTIONS  # of which each type has a Struct of its own


def test_help_lists_every_command_without_importing_what_they_use() -> None:
    code = (
        "import sys; sys.argv = ['mainstem', '--help']\n"
        "from mainstem.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "assert not {'duckdb', 'dbt', 'pyarrow', 'starlette'} & set(sys.modules), sorted(sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={**os.environ}
    )
    assert "demo" in done.stdout


def test_every_action_of_the_audit_log_is_described() -> None:
    from mainstem.web.auth.audit import Action

    described = (REPOSITORY / "docs" / "access.md").read_text(encoding="utf-8")
    assert [action for action in Action if f"`{action.value}`" not in described] == []
