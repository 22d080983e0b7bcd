from __future__ import annotations

from mainstem.manifest import AssetSchedule, Dag, Task
from mainstem.testing.memory_runs import NOW, MemoryRuns
from mainstem.web.orchestration import SeenAsset, Use
from mainstem.web.orchestration.lineage import around, asset_rows, drawn


def lineage() -> MemoryRuns:
    """raw → stage → marts → a DAG that waits; and one asset that has nothing to do with them."""
    runs = MemoryRuns()
    runs.add_dag(
        Dag(
            "dbt",
            (
                Task("load", ("x",), outlets=("raw",)),
                Task("stage", ("x",), inlets=("raw",), outlets=("stage",)),
                Task("mart", ("x",), inlets=("stage",), outlets=("mart",)),
                Task("other", ("x",), outlets=("other",)),
            ),
        )
    )
    runs.add_dag(Dag("mail", (Task("send", ("x",)),), schedule=AssetSchedule(("mart",))))
    runs.kept_assets = [
        SeenAsset("mart", NOW, "dbt", "r", "mart", (Use("explore", "Marts", "/explores/m/marts"),))
    ]
    return runs


def test_every_asset_is_listed_with_what_makes_reads_and_waits_for_it() -> None:
    runs = lineage()
    rows = {row.name: row for row in asset_rows(runs.dags(), runs.assets())}
    assert list(rows) == ["mart", "other", "raw", "stage"]
    assert rows["stage"].made_by == (("dbt", "stage"),)
    assert rows["stage"].read_by == (("dbt", "mart"),)
    assert rows["mart"].starts == ("mail",)
    assert rows["mart"].asset.run_id == "r"
    assert rows["raw"].asset.at is None


def test_around_an_asset_is_all_that_it_comes_from_and_goes_into() -> None:
    runs = lineage()
    rows = asset_rows(runs.dags(), runs.assets())
    assert [row.name for row in around(rows, "stage")] == ["mart", "raw", "stage"]
    assert [row.name for row in around(rows, "other")] == ["other"]


def test_the_drawing_goes_from_what_makes_to_what_is_made() -> None:
    runs = lineage()
    found = drawn(around(asset_rows(runs.dags(), runs.assets()), "raw"), runs.dags())
    assert {(arrow.before, arrow.after) for arrow in found.graph.arrows} == {
        ("task dbt load", "asset raw"),
        ("asset raw", "task dbt stage"),
        ("task dbt stage", "asset stage"),
        ("asset stage", "task dbt mart"),
        ("task dbt mart", "asset mart"),
        ("asset mart", "dag mail"),
        ("asset mart", "explore Marts"),
    }
    assert found.nodes["explore Marts"].href == "/explores/m/marts"


def test_a_task_that_makes_anew_what_it_reads_is_no_circle() -> None:
    runs = MemoryRuns()
    runs.add_dag(Dag("d", (Task("merge", ("x",), inlets=("a",), outlets=("a",)),)))
    found = drawn(asset_rows(runs.dags(), []), runs.dags())
    assert [(arrow.before, arrow.after) for arrow in found.graph.arrows] == [("task d merge", "asset a")]
