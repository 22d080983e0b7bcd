"""A small simulated company, loaded and built once for all suites that look at what the models say of it."""

from __future__ import annotations

import pytest

from mainstem.testing.company import CompanyLake, company_lake


@pytest.fixture(scope="session")
def built_company(tmp_path_factory: pytest.TempPathFactory) -> CompanyLake:
    """A year and a half, some sixty trials and eight sales. Look only: others look at it too."""
    lake = company_lake(tmp_path_factory.mktemp("company"), seed=5, months=18, accounts=20)
    built = lake.build("run")
    assert built.failures == ()
    return lake
