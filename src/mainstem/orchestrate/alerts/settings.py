"""Settings of alerts: the tables `[alerts]` of `mainstem.toml`."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

import msgspec

Kind = Literal[
    "failure",
    "retry",
    "sla",
    "timeout",
    "recovery",
    "overdue",
    "stuck",
    "paused",
    "runner",
    "manifest",
    "asset",
    "freshness",
    "partial",
    "rows",
    "review",
    "target",
]
KINDS: tuple[Kind, ...] = get_args(Kind)
Seconds = Annotated[float, msgspec.Meta(gt=0)]


class AlertRoute(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[[alerts.routes]]`: who is told of some DAGs. The first that a DAG fits is its own."""

    dags: tuple[str, ...] = ("*",)
    """Names of DAGs; `*` stands for any letters."""
    targets: tuple[str, ...] = ()
    """Names out of `[alerts.targets]`. None: nobody is told."""
    on: tuple[Kind, ...] | None = None
    """Of what; left out: as `[alerts]` says."""


class AlertSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who is told what, and when something is late; docs/alerts.md says more."""

    targets: dict[str, str] = {}
    """Places where people are told: a name, and where its Apprise URL is: `team = "env:TEAM_CHAT"` or
    `"file:secrets/chat"`. The URL itself, being a secret, cannot be written here."""
    on: tuple[Kind, ...] = tuple(kind for kind in KINDS if kind != "retry")
    """What is told of: failure, retry, sla, timeout, recovery, overdue, stuck, paused, runner, manifest,
    asset, freshness, partial, rows, review, target."""
    routes: tuple[AlertRoute, ...] = ()
    """Other places for some DAGs. Without them every place is told of everything."""
    link: str = ""
    """Where people reach the pages: `https://mainstem.example.org`. Empty: `[web]` on this machine."""
    log_lines: Annotated[int, msgspec.Meta(ge=0, le=200)] = 20
    """Lines at the end of a try's log that are shown of a failure."""
    overdue_after_s: Seconds = 900.0
    """How late a tick may be before its missing run is told of."""
    stuck_after_s: Seconds = 3600.0
    """How long a run, or a task that has its place, may wait to begin."""
    paused_after_days: Annotated[float, msgspec.Meta(gt=0)] = 7.0
    """How long a DAG with a schedule may stay without runs while it is paused."""
    runner_silent_after_s: Seconds = 120.0
    """How long nothing may be heard of the runner."""
    review_after_s: Seconds = 28_800.0
    """How long what an activation has planned may wait for a person, unless its `review_within` says
    otherwise. A plan that is not applied in its `plan_lifetime` is stale, so it is told before."""
    assets: dict[str, str] = {}
    """How old an asset may grow before it is told of: `"lake/stripe/charges" = "26h"`."""
    look_every_s: Annotated[float, msgspec.Meta(ge=1, le=3600)] = 15.0
    """Seconds between two looks."""
    gather_s: Annotated[float, msgspec.Meta(ge=0, le=3600)] = 10.0
    """An alert waits so long for others of its DAG, to be told with them."""
    again_after_s: Annotated[float, msgspec.Meta(ge=0)] = 300.0
    """How long a place is not told of failures of the same DAG again."""
    most_an_hour: Annotated[int, msgspec.Meta(ge=1)] = 30
    """Messages to a place in an hour; what is beyond is told together."""
    dead_man: str = ""
    """Where a URL is (`env:NAME`, `file:PATH`) that is asked for after each look, so that a service outside
    can tell when nobody looks any more."""
    dead_man_every_s: Seconds = 60.0
    """Seconds between two such calls."""
    keep_days: Annotated[int, msgspec.Meta(ge=1)] = 90
    """Days that alerts are kept."""
