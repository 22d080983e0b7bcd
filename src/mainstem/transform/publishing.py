"""What a build's outcome means for readers. Pure: it decides, `publisher` acts.

The rule is simple so that it can be trusted: a build is published when it built and tested the whole
project and nothing failed. A part of the project that passes says nothing about models built before, whose
tests may be red; it is recorded, and the next build of the whole publishes it. A failing test of severity
`warn` is a warning and keeps nothing back, as in dbt.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mainstem.errors import NotPublished

# Pages and commands show these without knowing where they are kept.
from mainstem.store.publications import Build, Publication

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from mainstem.transform.messages import Finished
    from mainstem.transform.standing import RunStanding

__all__ = ["Build", "Decision", "History", "Publication", "Standing", "decide", "earlier", "protected"]

RECORDED = frozenset({"build", "clone", "retry", "run", "run-operation", "seed", "snapshot", "test"})
"""dbt commands that change the lake or test it; the others leave no trace in the history."""


@dataclass(frozen=True)
class Decision:
    """Whether to publish a build, and a sentence that says so."""

    publish: bool
    sentence: str


@dataclass(frozen=True)
class RunDecision(Decision):
    """The same of a run's builds together."""

    is_new: bool
    """Whether nothing stood for the whole project yet that is as new."""
    is_held: bool = False
    """Somebody keeps it from being shown."""


@dataclass(frozen=True)
class Standing:
    """What readers are shown now, and what they should know about it."""

    current: Publication | None
    failed: Build | None
    """The newest build that failed, unless the whole project has passed since."""
    unseen_since: datetime | None = None
    """Since when it could not be looked up whether this still holds; None while it can."""


@dataclass(frozen=True)
class History:
    """Newest first. `returnable` are the numbers of builds that can be published again."""

    publications: Sequence[Publication]
    builds: Sequence[Build]
    returnable: frozenset[int]


def decide(outcome: Finished, current: Publication | None) -> Decision:
    """By the rule above; `current` may hold later builds back."""
    if not outcome.success:
        return Decision(False, "not published: it failed")
    if outcome.partial:
        return Decision(False, f"not published: {outcome.partial}")
    if outcome.snapshot is None:
        return Decision(False, "not published: the lake's snapshot after it is not known")
    if current is not None and current.hold:
        return Decision(False, _held(current))
    return Decision(True, "published")


def decide_run(
    run: str,
    standing: RunStanding,
    current: Publication | None,
    passed: Build | None,
    exists: Callable[[int], bool],
) -> RunDecision:
    """By the same rule, of the builds of a run together; `passed` is what last stood for the whole project,
    and `exists` says whether a snapshot can still be read.

    Raises NotPublished with every model and test that stands against it.
    """
    snapshot = standing.snapshot
    if standing.stale:
        raise NotPublished(run, [f"{_short(name)}: {why}" for name, why in standing.stale.items()])
    if snapshot is None or not exists(snapshot):
        raise NotPublished(run, ["the lake's snapshot after its last build has expired, or is not known"])
    if current is not None and current.snapshot >= snapshot:
        return RunDecision(False, f"build {current.build_id} is shown, which has all of it", is_new=False)
    is_new = passed is None or (passed.snapshot or 0) < snapshot
    if current is not None and current.hold:
        return RunDecision(False, _held(current), is_new, is_held=True)
    return RunDecision(True, "published", is_new=True)


def _held(current: Publication) -> str:
    return (
        f"not published: {current.published_by} went back to build {current.build_id} and holds it; "
        "`mainstem publish --release` ends the hold"
    )


def _short(unique_id: str) -> str:
    """`test.shop.unique_orders.a1b2` as `test unique_orders.a1b2`."""
    kind, _, rest = unique_id.partition(".")
    return f"{kind} {rest.partition('.')[2] or rest}"


def earlier(published: Sequence[Build], current: Publication) -> Build | None:
    """The build to go back to when none is named: the newest published one before the current."""
    return max((b for b in published if b.id < current.build_id), key=lambda b: b.id, default=None)


def protected(
    current: Publication | None, passed: Build | None, published: Sequence[Build]
) -> frozenset[int]:
    """Snapshots of the lake that must not expire: what is shown, what can be gone back to, what is held."""
    builds = [*published, *([passed] if passed else [])]
    found = {build.snapshot for build in builds if build.snapshot is not None}
    return frozenset(found | ({current.snapshot} if current else set()))
