"""What the page counts is what the company's marts count, funnel by funnel and day by day."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from mainstem.cohorts import Condition, Funnel, Method, Mode, Retention, Span, counted
from mainstem.company import DBT_PACKAGE, LOOKML
from mainstem.query.connections import Connections
from mainstem.query.warehouse_explorer import WarehouseExplorer
from mainstem.semantics import load_project
from mainstem.testing.cohorts_shop import Memory

if TYPE_CHECKING:
    from mainstem.cohorts import Definition
    from mainstem.testing.company import CompanyLake

VARS: dict[str, Any] = yaml.safe_load((DBT_PACKAGE / "dbt_project.yml").read_text())["vars"]
FUNNELS = {one["name"]: one for one in VARS["journey_funnels"]}


@pytest.fixture(scope="module")
def explorer() -> WarehouseExplorer:
    project = load_project(LOOKML)
    return WarehouseExplorer(lambda: project, Connections(Memory()), lambda: datetime.now(UTC))


def step(text: str) -> Condition:
    """`page:/docs%`, as the package's vars write steps."""
    event, _, page = text.partition(":")
    filters = {"journey_events.event": event}
    return Condition("journey_events", filters | ({"journey_events.page": page} if page else {}))


def answer(lake: CompanyLake, explorer: WarehouseExplorer, definition: Definition) -> list[dict[str, Any]]:
    return lake.query(explorer.compile_composed(counted(definition, explorer)).sql)


@pytest.mark.slow
@pytest.mark.parametrize("name", FUNNELS)
def test_a_funnel_of_the_page_reaches_whom_the_mart_says(
    built_company: CompanyLake, explorer: WarehouseExplorer, name: str
) -> None:
    told = FUNNELS[name]
    funnel = Funnel(
        model="company",
        unit="journey",
        steps=tuple(map(step, told["steps"])),
        mode=Mode(told["mode"]),
        window=told["window_days"] * 86_400,
        excluded=tuple(map(step, told.get("exclude", ()))),
    )
    mart = built_company.query(
        "SELECT step, COUNT(*) AS units FROM lake.analytics.fct_funnel WHERE funnel = ? "
        "GROUP BY step ORDER BY step",
        [name],
    )
    page = answer(built_company, explorer, funnel)
    assert mart
    assert [(row["step"], row["units"]) for row in page] == [(row["step"], row["units"]) for row in mart]


@pytest.mark.slow
@pytest.mark.parametrize("method", [Method.EXACT, Method.ROLLING, Method.BRACKET])
def test_a_retention_of_visitors_keeps_whom_the_mart_says(
    built_company: CompanyLake, explorer: WarehouseExplorer, method: Method
) -> None:
    visited = Condition("journey_sessions")
    retention = Retention(
        model="company",
        unit="journey",
        start=visited,
        back=visited,
        span=Span.DAY,
        method=method,
        periods=30,
        brackets=((1, 7), (8, 30)) if method is Method.BRACKET else (),
    )
    mart = built_company.query(
        "SELECT cohort_date, first_day, cohort_size, retained FROM lake.analytics.fct_retention "
        "WHERE retention = 'visitors' AND method = ? AND first_day <= 30 ORDER BY 1, 2",
        [method.value],
    )
    days = {row["first_day"] for row in mart}
    page = [row for row in answer(built_company, explorer, retention) if row["first_one"] in days]
    assert mart
    assert [(row["c"], row["first_one"], row["size"], row["retained"]) for row in page] == [
        (row["cohort_date"], row["first_day"], row["cohort_size"], row["retained"]) for row in mart
    ]
