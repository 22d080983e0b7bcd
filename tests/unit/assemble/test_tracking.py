from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest

from mainstem.assemble.catalogue import Cataloguer
from mainstem.assemble.collect import CollectOptions, plan_gateway
from mainstem.assemble.features import source_compiler
from mainstem.assemble.init import init_project
from mainstem.assemble.project import Project, open_project
from mainstem.assemble.tracking import plan_of, planned_properties, tracking
from mainstem.collect import SourceTable
from mainstem.collect.facts import Facts
from mainstem.errors import ConfigError, Place, TrackingPlanError
from mainstem.events import Held, Sending, decode_received
from mainstem.tracking import TrackingStep
from mainstem.tracking.catalogue_files import read_catalogue

if TYPE_CHECKING:
    from pathlib import Path

SOURCES = """
[[sources]]
id = "web"
name = "Website"
write_keys = ["WK"]
tracking_plan = "website"

[[sources]]
id = "raw"
name = "Raw"
write_keys = ["RAW"]
"""
PLAN = """
version: 2
events:
  - name: Signed Up
    properties: {plan: {type: string, required: true}, lines: {items: {properties: {sku: string}}}}
  - {type: identify, traits: {address: {properties: {city: string}}, extra: object}}
"""


def project(folder: Path, more: str = "", plan: str | None = PLAN) -> Project:
    (folder / "mainstem.toml").write_text(SOURCES + more)
    (folder / "tracking-plan").mkdir(exist_ok=True)
    if plan is not None:
        (folder / "tracking-plan" / "website.yml").write_text(plan)
    return open_project(folder)


def steps(found: Project) -> dict[str, TrackingStep]:
    table = SourceTable(found.sources(), source_compiler(found))
    return {
        entry.id: step for entry in table.compiled for step in entry.steps if isinstance(step, TrackingStep)
    }


def track(name: str, **properties: object) -> dict[str, Any]:
    return {"type": "track", "event": name, "properties": properties}


def test_a_source_with_a_plan_has_a_step_and_one_without_has_none(tmp_path: Path) -> None:
    found = project(tmp_path)
    assert list(steps(found)) == ["web"]
    feature = tracking(found)(found.sources()[0])
    assert feature.files == (tmp_path / "tracking-plan" / "website.yml",)


@pytest.mark.parametrize("watch", ['["raw"]', '["*"]'])
def test_a_source_without_a_plan_may_ask_to_be_watched(tmp_path: Path, watch: str) -> None:
    found = steps(project(tmp_path, f"[tracking]\nwatch = {watch}\nmax_events_per_source = 1"))
    assert list(found) == ["web", "raw"]
    sending = Sending("", "", {})
    event = track("A", x=1)
    assert found["raw"](event, sending) is None
    assert event == track("A", x=1)
    assert isinstance(found["raw"](track("B"), sending), Held)


def test_a_plan_has_budgets_of_its_own(tmp_path: Path) -> None:
    found = steps(
        project(tmp_path, "[tracking]\nmax_events_per_source = 9", PLAN + "max_events_per_source: 3")
    )
    assert found["web"].catalogue.budgets.events == 3


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ('[tracking]\nwatch = ["nobody"]', "tracking.watch names the source 'nobody'"),
        ("[tracking]\nmax_events_per_source = 0", "max_events_per_source"),
        ("[tracking]\nsample = 1", "no setting 'sample'"),
    ],
)
def test_settings_that_are_not_valid_are_told(tmp_path: Path, more: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told.replace("[", r"\[")):
        steps(project(tmp_path, more))


def test_surplus_may_not_hide_properties_from_privacy_rules(tmp_path: Path) -> None:
    (tmp_path / "mainstem.toml").write_text(
        SOURCES.replace('tracking_plan = "website"', 'tracking_plan = "website"\nprivacy = "product"')
        + '[tracking]\nover_budget = "surplus"\n'
    )
    (tmp_path / "tracking-plan").mkdir()
    (tmp_path / "tracking-plan" / "website.yml").write_text(PLAN)
    found = open_project(tmp_path)
    with pytest.raises(ConfigError, match="would hide properties of source 'web'"):
        tracking(found)(found.sources()[0])


def test_a_plan_that_is_not_there_is_told_where_it_should_be_and_who_names_it(tmp_path: Path) -> None:
    found = project(tmp_path, plan=None)
    (tmp_path / "tracking-plan" / "other.yml").write_text(PLAN)
    with pytest.raises(ConfigError) as caught:
        plan_of(found, found.sources()[0])
    assert caught.value.where == Place(tmp_path / "tracking-plan" / "website.yml")
    assert str(caught.value).endswith("mainstem.toml:6 (valid: other)")


def test_a_plan_with_mistakes_keeps_a_gateway_from_starting_and_names_them_all(tmp_path: Path) -> None:
    project(tmp_path, plan="version: 0\nevents: 5 6")
    with pytest.raises(TrackingPlanError) as caught:
        plan_gateway(CollectOptions(config=tmp_path), tmp_path)
    assert len(caught.value.problems) == 2
    assert isinstance(caught.value.where, Place)


def test_privacy_rules_are_given_what_a_plan_names(tmp_path: Path) -> None:
    found = project(tmp_path)
    web, raw = found.sources()
    names = planned_properties(found, web)
    assert {name for name in names if not name.startswith("context.")} == {
        "properties.plan",
        "properties.lines.sku",
        "traits.address.city",
        "traits.extra",
    }
    assert "context.trackingPlanId" in names
    assert planned_properties(found, raw) == frozenset()


def test_a_gateway_without_a_project_has_no_steps_and_tells_no_facts(tmp_path: Path) -> None:
    bare = plan_gateway(CollectOptions(data_dir=tmp_path / "data", write_keys=("WK",)), tmp_path)
    with_project = plan_gateway(CollectOptions(config=project(tmp_path).config.file), tmp_path)
    assert [entry.steps for entry in bare.table.compiled] == [()]
    assert len(with_project.companions) > len(bare.companions) + 1


class Keeping:
    """A cataloguer over tables compiled from one folder."""

    def __init__(self, folder: Path, partition: str = "gateway-0") -> None:
        self.folder = folder
        self.facts = Facts(partition, lambda: 0.0, 100)
        self.cataloguer = Cataloguer(folder / "data", partition, self.facts)
        self.cataloguer.recall()
        self.reload()

    def reload(self) -> None:
        found = open_project(self.folder)
        self.table = SourceTable(found.sources(), source_compiler(found))
        self.cataloguer.look(self.table)

    def see(self, *events: dict[str, Any]) -> list[str]:
        """The facts that come of it."""
        for event in events:
            self.table.compiled[0].steps[0](event, Sending("", "2026-01-02T03:04:05.678Z", {}))
        self.cataloguer.look(self.table)
        records = [bytes(decode_received(record).event) for record in self.facts.take()]
        return [record.split(b'"event":"')[1].split(b'"')[0].decode() for record in records]

    def save(self) -> None:
        content = self.cataloguer.encoded()
        if content is not None:
            self.cataloguer.write(content)


def test_what_is_new_is_told_once_through_reloads_and_restarts(tmp_path: Path) -> None:
    project(tmp_path)
    keeping = Keeping(tmp_path)
    assert keeping.see(track("New", a=1)) == ["Event First Seen", "Property First Seen"]
    (tmp_path / "tracking-plan" / "website.yml").write_text(PLAN.replace("version: 2", "version: 3"))
    keeping.reload()
    assert keeping.see(track("New", a=1)) == []
    keeping.save()
    assert Keeping(tmp_path).see(track("New", a=1)) == []
    assert Keeping(tmp_path).see(track("New", a="x")) == ["Property Type First Seen"]


def test_counts_of_a_gateway_go_on_after_a_restart_and_are_not_taken_from_others(tmp_path: Path) -> None:
    project(tmp_path)
    for partition in ("gateway-0", "gateway-1", "gateway-0"):
        keeping = Keeping(tmp_path, partition)
        keeping.see(track("A", a=1))
        keeping.save()
    seen = read_catalogue(tmp_path / "data")["web"].events["track", "A"]
    assert (seen.count, seen.properties["properties", "a"].count) == (3, 3)


def test_a_catalogue_that_did_not_change_is_not_written_again(tmp_path: Path) -> None:
    project(tmp_path)
    keeping = Keeping(tmp_path)
    assert keeping.cataloguer.encoded() is None
    keeping.see(track("A"))
    keeping.save()
    assert keeping.cataloguer.encoded() is None


def test_a_source_that_is_not_watched_any_more_keeps_its_catalogue(tmp_path: Path) -> None:
    project(tmp_path)
    keeping = Keeping(tmp_path)
    keeping.see(track("A"))
    (tmp_path / "mainstem.toml").write_text(SOURCES.replace('tracking_plan = "website"', ""))
    keeping.reload()
    keeping.save()
    assert ("track", "A") in read_catalogue(tmp_path / "data")["web"].events


def test_a_disk_that_refuses_the_catalogue_is_told_once_and_tried_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    project(tmp_path)
    keeping = Keeping(tmp_path)
    keeping.see(track("A"))
    (tmp_path / "data").write_text("a file stands where the folder should be")
    caplog.clear()
    with caplog.at_level(logging.ERROR):
        keeping.save()
        keeping.save()
    assert len(caplog.records) == 1
    (tmp_path / "data").unlink()
    keeping.save()
    assert "web" in read_catalogue(tmp_path / "data")


def test_a_new_project_holds_its_sources_to_plans_that_refuse_nothing(tmp_path: Path) -> None:
    init_project(tmp_path / "new", None)
    found = open_project(tmp_path / "new")
    plans = [plan_of(found, source) for source in found.sources()]
    assert [plan and plan.id for plan in plans] == ["website", "servers"]
    for plan in plans:
        assert plan is not None
        assert {plan.unplanned_events, plan.unplanned_properties, plan.violations} == {"annotate"}
    web = found.sources()[0]
    assert {"properties.path", "properties.platform"} <= planned_properties(found, web)
    assert not {name for name in planned_properties(found, web) if "email" in name or "name" in name}
