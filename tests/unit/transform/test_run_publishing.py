"""Groups of models built one by one by dbt itself, and published together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from mainstem.errors import NotPublished, UsageError
from mainstem.transform.groups import Group, model_groups
from mainstem.transform.models import read_project

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.transform import Finished
    from mainstem.transform.dbt import Dbt
    from mainstem.transform.publisher import Publisher

pytestmark = pytest.mark.long

FILES = {
    "seeds/countries.csv": "code\nde\nfr\n",
    "models/staging/stg_orders.sql": "select 1 as id, 'de' as country union all select 2, 'fr'",
    "models/staging/base_orders.sql": "{{ config(materialized='ephemeral') }}\n"
    "select * from {{ ref('stg_orders') }}",
    "models/marts/orders.sql": "{{ config(materialized='table') }} select * from {{ ref('base_orders') }}",
    "models/marts/schema.yml": """
models:
  - name: orders
    columns: [{name: id, tests: [unique]}]
unit_tests:
  - name: orders_pass_through
    model: orders
    given: [{input: ref('base_orders'), format: sql, rows: "select 1 as id, 'de' as country"}]
    expect: {rows: [{id: 1, country: de}]}
""",
    # A test in the first group's folder of what the last one builds: eager selection would run it too early.
    "models/staging/schema.yml": """
models:
  - name: stg_orders
    columns:
      - name: id
        tests: [not_null, {relationships: {arguments: {to: ref('orders'), field: id}}}]
""",
    "tests/every_country.sql": "select * from {{ ref('orders') }} "
    "where country not in (select code from {{ ref('countries') }})",
}


@dataclass
class Project:
    folder: Path
    dbt: Dbt
    publisher: Publisher

    def write(self, name: str, text: str) -> None:
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_text(text, encoding="utf-8")

    def groups(self) -> list[Group]:
        return model_groups(read_project(self.folder, {}), 1)

    def build(self, *arguments: str, run: str = "r") -> Finished:
        args = ("build", *arguments)
        number = self.publisher.begin(args, "ada", run)
        assert number is not None
        return self.publisher.finish(number, self.dbt.run(args, lambda event: None))

    def rest(self, run: str = "r") -> Finished:
        left = self.publisher.stale_of(run)
        assert left, "nothing is left"
        return self.build("--indirect-selection", "empty", "--select", *left, run=run)

    def shown(self) -> int | None:
        current = self.publisher.standing().current
        return current.build_id if current else None


@pytest.fixture
def project(dbt: Dbt, dbt_project: Path, publisher: Publisher) -> Project:
    made = Project(dbt_project, dbt, publisher)
    for name, text in FILES.items():
        made.write(name, text)
    return made


def test_a_run_of_all_groups_and_the_rest_is_published(project: Project) -> None:
    groups = project.groups()
    assert [group.name for group in groups] == ["staging", "marts", "seeds"]
    outcomes = [project.build(*group.arguments) for group in groups]
    assert [outcome.failures for outcome in outcomes] == [(), (), ()]
    assert [outcome.published for outcome in outcomes] == [False, False, False]
    assert sum(outcome.models for outcome in outcomes) == 3
    left = set(project.publisher.stale_of("r"))
    assert "every_country" in left, "no group holds all that this test reads"
    assert not left & {"countries", "stg_orders", "orders"}, "no table is built twice"
    assert project.rest().success
    assert project.publisher.stale_of("r") == []
    decision = project.publisher.publish_run("r", "ada")
    assert (decision.publish, decision.sentence) == (True, "published")
    current = project.publisher.standing().current
    assert current is not None
    assert (current.models, current.tests) == (3, 5)
    assert not project.publisher.publish_run("r", "ada").publish, "asked again, it changes nothing"
    assert project.shown() == current.build_id


def test_a_run_with_a_failing_test_is_refused_and_says_which(project: Project) -> None:
    project.write("tests/every_country.sql", "select * from {{ ref('orders') }}, {{ ref('countries') }}")
    for group in project.groups():
        assert project.build(*group.arguments).success
    assert not project.rest().success
    with pytest.raises(
        NotPublished, match=r"run r is not published: test every_country: it failed in build 4"
    ):
        project.publisher.publish_run("r", "ada")
    assert project.shown() is None


def test_a_run_that_left_a_group_out_is_refused_and_says_which(project: Project) -> None:
    staging, _, seeds = project.groups()
    for group in (staging, seeds):
        project.build(*group.arguments)
    with pytest.raises(NotPublished, match=r"model orders: no build of the run went through it"):
        project.publisher.publish_run("r", "ada")


def test_files_that_changed_during_a_run_are_built_again_by_the_rest(project: Project) -> None:
    staging, marts, seeds = project.groups()
    project.build(*seeds.arguments)
    project.build(*staging.arguments)
    project.write("models/staging/stg_orders.sql", "select 1 as id, 'de' as country")
    project.build(*marts.arguments)
    with pytest.raises(
        NotPublished, match=r"stg_orders: build 2 had the project's files as they were before"
    ):
        project.publisher.publish_run("r", "ada")
    assert project.rest().published, "the rest was the whole project"
    decision = project.publisher.publish_run("r", "ada")
    assert decision.sentence == "build 4 is shown, which has all of it"


def test_a_run_that_built_nothing_is_not_known(project: Project) -> None:
    with pytest.raises(UsageError, match="no build of the run 'x' is known"):
        project.publisher.publish_run("x", "ada")
