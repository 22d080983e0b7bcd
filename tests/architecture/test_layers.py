from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]

# What a package offers to others. A name more or less is a decision, so it is made here too.
EXPORTS = {
    "mainstem.config": {"Config", "PostgresAddress", "Secret", "parse_config", "read_config", "redact"},
    "mainstem.filters": {
        "AllOf",
        "AnyOf",
        "Anything",
        "AttributeValue",
        "Condition",
        "DistanceUnit",
        "Grammar",
        "IsEmpty",
        "IsNull",
        "IsTrue",
        "LocationInBox",
        "LocationIs",
        "LocationWithin",
        "Not",
        "NumberIs",
        "NumberRange",
        "TextIs",
        "TextLike",
        "TimeRange",
        "date_bounds",
        "describe",
        "describe_condition",
        "exact_text",
        "expression_of",
        "parse",
        "parse_date",
        "parse_location",
        "parse_number",
        "parse_string",
        "parse_tier",
        "parse_yesno",
        "references",
        "settle",
    },
    "mainstem.query": {
        "DEFAULT_LIMIT",
        "Cell",
        "ColumnKind",
        "Compiled",
        "ElementFacts",
        "Explorer",
        "FieldFacts",
        "OutputColumn",
        "OutputType",
        "QueryResult",
        "Request",
        "ViewFacts",
        "WarehouseExplorer",
        "compile_request",
        "display",
    },
    "mainstem.semantics": {
        "Dashboard",
        "DashboardFilter",
        "Datatype",
        "Dimension",
        "DimensionType",
        "Element",
        "ElementType",
        "Explore",
        "FilterType",
        "Join",
        "JoinType",
        "Measure",
        "MeasureFilter",
        "MeasureType",
        "Model",
        "Origin",
        "Project",
        "Reading",
        "Relationship",
        "Timeframe",
        "UnknownField",
        "View",
        "fields_of",
        "find_any_field",
        "find_field",
        "load_project",
        "read_project",
        "views_of",
    },
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
