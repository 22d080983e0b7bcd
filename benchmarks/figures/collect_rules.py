"""CPU that one event costs the gateway when its source has rules.

The same events as in `durable-event` and `batch`, over 64 connections, to a source with a tracking plan and
with `privacy = "product"`: every event is read whole, held against the plan, stripped of what is not allowed,
searched for addresses and numbers of people, and written again. All but the first few are of forms that are
known by then. The limit is the same gateway without rules, which keeps the bytes as they came. Lower is
better.

A note says what is spent where nothing is asked of an event but to be read into an object of a type made for
its form, and to be written again; and the ratio that this alone would come to.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import msgspec

from benchmarks.events import NAMES, batch_request, single_request
from benchmarks.figure import Figure, Outcome, Round, Spread
from benchmarks.gateway import WRITE_KEY, gateway
from benchmarks.rewriting import rewriting_microseconds
from benchmarks.rounds import interleaved
from benchmarks.tools import require
from benchmarks.wrk import run_wrk

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from benchmarks.effort import Effort
    from benchmarks.wrk import PostedBody

BATCH = 100
CONNECTIONS = 64
_WARM_SECONDS = 1.0

_PROPERTIES = {
    **dict.fromkeys(
        ("order_id", "currency", "city", "category", "variant", "delivered_at", "note"), "string"
    ),
    **dict.fromkeys(("quantity", "position"), "integer"),
    "price": "number",
    "is_member": "boolean",
    "tags": "array",
    "seller": "object",
}
"""What the generated events have, so that few of them are told of, as with a plan that is looked after."""
_SETTINGS = """\
[project]
name = "rules"

[[sources]]
id = "benchmark"
name = "Benchmark"
write_keys = ["{key}"]
tracking_plan = "benchmark"
privacy = "product"

[privacy]
key = "file:privacy.key"
"""


def measure(effort: Effort, scratch: Path) -> Outcome:
    """Raises ToolMissing."""
    require("wrk", "taskset")
    project = _project(scratch / "project")
    single, batch = single_request(WRITE_KEY), batch_request(WRITE_KEY, BATCH)
    forms = (
        ("single events", single, [single.body]),
        ("batches of 100", batch, msgspec.json.decode(batch.body, type=_Batch).batch),
    )
    figures = tuple(_figure(effort, scratch, project, *form) for form in forms)
    return Outcome(benchmark="collect-rules", figures=figures)


class _Batch(msgspec.Struct):
    batch: list[msgspec.Raw]


def _project(folder: Path) -> Path:
    plan = {
        "version": 1,
        "events": [{"name": name, "properties": _PROPERTIES} for name in NAMES],
    }
    (folder / "tracking-plan").mkdir(parents=True)
    # JSON is YAML.
    (folder / "tracking-plan" / "benchmark.yml").write_text(json.dumps(plan), encoding="utf-8")
    (folder / "privacy.key").write_text("ab" * 32, encoding="utf-8")
    (folder / "privacy.key").chmod(0o600)
    settings = _SETTINGS.format(key=WRITE_KEY)
    (folder / "mainstem.toml").write_text(settings, encoding="utf-8")
    return folder


def _figure(
    effort: Effort, scratch: Path, project: Path, form: str, request: PostedBody, events: Sequence[bytes]
) -> Figure:
    def microseconds(rules: Path | None) -> float:
        with gateway(scratch, rules) as server:
            run_wrk(server.url, request, CONNECTIONS, _WARM_SECONDS, scratch)
            before = server.cpu_seconds()
            load = run_wrk(server.url, request, CONNECTIONS, effort.event_s, scratch)
            return (server.cpu_seconds() - before) / (load.accepted * len(events)) * 1e6

    pairs = interleaved(effort.rounds, lambda: microseconds(project), lambda: microseconds(None))
    rewriting = rewriting_microseconds(events, effort.event_s)
    floor = 1 + rewriting / Spread.of(limit for _, limit in pairs).median
    return Figure(
        benchmark="collect-rules",
        name=f"CPU per event with plan and privacy, {form}",
        unit="µs",
        limit="the same gateway without rules",
        better="lower",
        rounds=tuple(Round(ours, limit) for ours, limit in pairs),
        notes=(
            f"to read an event whole and write it again, alone: {rewriting:.1f} µs, a ratio of {floor:.2f}",
        ),
    )
