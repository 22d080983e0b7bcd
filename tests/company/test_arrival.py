"""The whole package on events that arrive in pieces and in any order, against all of them at once."""

from __future__ import annotations

import json
import random
import shutil
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import duckdb
import pytest

from mainstem.simulate.world import Difficulty, simulate_company
from mainstem.testing.company import CompanyLake

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mainstem.simulate.world import Change, Event

pytestmark = [pytest.mark.long, pytest.mark.timeout(1_800)]

KEPT = frozenset({"int_person_history", "identity_merge_log"})
"""What tells of earlier builds, and so must differ."""
REMEMBERED = {
    "int_journey_visitor": "who IS NOT NULL",
    "int_journey_entity": "actions + server_days > 0 OR facts IS NOT NULL",
}
"""Rows of those who are nobody any more, which a full build does not know of, are left out."""
WHEN_BUILT = frozenset({"built_at", "changed_at", "newest_built_at"})
EMPTY = frozenset(
    {
        "base_identity__denied_edges",
        "base_identity__junk_values",
        "stg_identity__denied_edges",
        "identity_suspect_nodes",
        "fct_coverage_milestone",
        "fct_ticket_sla",
        "int_support_hours",
        "int_ticket_schedule",
        "int_ticket_target",
        "stg_support__holidays",
        "stg_support__schedules",
        "stg_support__ticket_details",
        "stg_support__ticket_policies",
        "stg_support__ticket_schedules",
    }
)
"""Of tables that the small company does not have (schedules and targets come by a connector), of ids it does
not send, of more servers than it has."""
LEAST = {
    "fct_touch": 200,
    "fct_server_day": 300,
    "fct_feature_day": 100,
    "fct_attribution": 30,
    "fct_thread": 10,
    "int_person_nodes": 100,
    "fct_line_item": 5,
}
"""Rows below which a model would not have been tried."""


def scattered(seed: int, pieces: int) -> tuple[list[list[Event]], list[Change]]:
    """Events of four months in random order, in so many pieces; some late, some copies, some clocks wrong."""
    rates = Difficulty(visitor_tries=0.4, visitor_downloads=0.4, trial_buys=0.9, late=0.1, absurd_clock=0.01)
    days = list(simulate_company(seed, 4, 500, rates, date(2021, 6, 1)))
    draw = random.Random(seed)
    events: list[Event] = []
    for source, most in (("website", 2_000), ("servers", 3_000), ("webapp", 1_500), ("mobile", 800)):
        told = [event for day in days for event in day.events if event.source == source]
        events += draw.sample(told, min(most, len(told)))
    replied(events)
    draw.shuffle(events)
    cuts = [0, *sorted(draw.sample(range(1, len(events)), pieces - 1)), len(events)]
    changes = [change for day in days for change in day.changes]
    return [events[first:last] for first, last in pairwise(cuts)], changes


def replied(events: list[Event]) -> None:
    """Make every third action of the web app a reply in one of a few threads of its server.

    No release of these months tells of threads.
    """
    for number, event in enumerate(events):
        if event.source == "webapp" and number % 3 == 0 and "properties" in event.message:
            thread = {"post_id": f"p{number}", "root_id": f"r{number % 20}", "channel_id": f"c{number % 5}"}
            event.message["properties"] |= {"type": "api_posts_replied", **thread}


def keep(connection: duckdb.DuckDBPyConnection, kept: str, models: Sequence[str]) -> None:
    """What the models hold, as tables of the schema `kept`, without when it was worked out."""
    connection.execute(f"CREATE SCHEMA {kept}")
    for model in models:
        described = connection.execute(f"DESCRIBE analytics.{model}").fetchall()
        columns = ", ".join(
            f"printf('%.9g', {name}) AS {name}" if kind == "DOUBLE" else name
            for name, kind, *_ in described
            if name not in WHEN_BUILT
        )
        still = REMEMBERED.get(model, "true")
        connection.execute(
            f"CREATE TABLE {kept}.{model} AS SELECT {columns} FROM analytics.{model} WHERE {still}"
        )


def models_of(lake: CompanyLake) -> list[str]:
    manifest = json.loads((lake.folder / "target" / "manifest.json").read_text(encoding="utf-8"))
    nodes = [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]
    names = {node["name"] for node in nodes if node["config"]["materialized"] != "ephemeral"}
    return sorted(names - KEPT)


def assert_same_at_once(lake: CompanyLake) -> dict[str, int]:
    """Build all anew and compare every model; how many rows each has."""
    models = models_of(lake)
    with duckdb.connect(str(lake.file)) as connection:
        keep(connection, "by_pieces", models)
    assert lake.build("run", "--full-refresh").failures == ()
    with duckdb.connect(str(lake.file)) as connection:
        keep(connection, "at_once", models)
        for model in models:
            for one, other in (("by_pieces", "at_once"), ("at_once", "by_pieces")):
                more = connection.execute(f"FROM {one}.{model} EXCEPT ALL FROM {other}.{model} LIMIT 3")
                assert more.fetchall() == [], f"only {one}: {model}"
        counted = " UNION ALL ".join(f"SELECT '{model}', count(*) FROM at_once.{model}" for model in models)
        return dict(connection.execute(counted).fetchall())


def test_every_model_built_in_two_parts_is_the_one_built_at_once(
    built_company: CompanyLake, tmp_path: Path
) -> None:
    shutil.copytree(built_company.folder, tmp_path / "copy")
    sizes = assert_same_at_once(CompanyLake(tmp_path / "copy"))
    assert {model for model, size in sizes.items() if size == 0} <= EMPTY


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "pieces"), [(8, 2), (4, 6), (5, 6), (6, 6), (7, 6)])
def test_every_model_built_piece_by_piece_is_the_one_built_at_once(
    tmp_path: Path, seed: int, pieces: int
) -> None:
    """Between pieces time passes, in which some who had time left drop off."""
    lake = CompanyLake(tmp_path)
    parts, changes = scattered(seed, pieces)
    newest = max(event.received_at for part in parts for event in part)
    for number, part in enumerate(parts, 1):
        lake.load_events(part, newest + number * timedelta(days=25 / pieces))
        lake.load_changes(changes[: len(changes) * number // pieces])
        assert lake.build("run").failures == ()
    sizes = assert_same_at_once(lake)
    assert {model: sizes[model] for model in LEAST if sizes[model] < LEAST[model]} == {}
    outcomes = {row["outcome"] for row in lake.query("SELECT outcome FROM analytics.fct_journey_stage")}
    assert outcomes >= {"went on", "in flight", "dropped off"}
