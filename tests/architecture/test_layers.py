from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]

# What a package offers to others. A name more or less is a decision, so it is made here too.
EXPORTS = {
    "mainstem.config": {"Config", "PostgresAddress", "Secret", "parse_config", "read_config", "redact"},
    "mainstem.supervise": {
        "ChildSpec",
        "LogFile",
        "LogLine",
        "LoggingSettings",
        "ProcessState",
        "Readiness",
        "Supervisor",
        "UpState",
        "end_leftovers",
        "is_alive",
        "log_as",
        "logging_to",
        "notify_ready",
        "on_signals",
        "read_state",
        "supervisor_runs",
    },
    "mainstem.warehouse": {"Capabilities", "ColumnType", "TableName", "Transaction", "Warehouse"},
    "mainstem.store": {
        "ANALYST",
        "CATALOG",
        "CRM",
        "Database",
        "EmbeddedServer",
        "MAINSTEM",
        "PostgresPrograms",
        "PostgresSettings",
        "check_schema",
        "ensure_database",
        "ensure_reader",
        "find_programs",
        "upgrade",
    },
}


def test_the_import_contracts_hold() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("package", EXPORTS)
def test_a_package_offers_exactly_its_curated_names(package: str) -> None:
    module = __import__(package, fromlist=["__all__"])
    assert set(module.__all__) == EXPORTS[package]
    assert all(hasattr(module, name) for name in module.__all__)
