"""What the gateway does for a source beyond its checks: each feature a module of its own, put together here.

The order of `FEATURES` is the order in which an event goes through their steps: what may not be kept at
all is dropped first, then events are completed and judged, and made private last, so that nothing a plan
or an enrichment adds escapes the rules.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from mainstem.collect import CompiledSource, compile_plainly
from mainstem.collect.sources import Gate, Tap
from mainstem.events import Scrub, Source, Step

if TYPE_CHECKING:
    from mainstem.assemble.project import Project


class Feature(msgspec.Struct, frozen=True):
    """What one feature adds to one source; empty where the source does not use it."""

    gates: tuple[Gate, ...] = ()
    taps: tuple[Tap, ...] = ()
    steps: tuple[Step, ...] = ()
    scrub: Scrub | None = None


FeatureOf = Callable[[Source], Feature]
FEATURES: tuple[Callable[[Project], FeatureOf], ...] = ()
"""Each reads its settings once and raises ConfigError for what is not valid."""


def source_compiler(project: Project) -> Callable[[Source], CompiledSource]:
    """Raises ConfigError where the settings of a feature are not valid; so does what it returns, for a
    source that names what is not there."""
    features = [open_feature(project) for open_feature in FEATURES]

    def compile_source(source: Source) -> CompiledSource:
        added = [feature_of(source) for feature_of in features]
        return msgspec.structs.replace(
            compile_plainly(source),
            gates=tuple(gate for feature in added for gate in feature.gates),
            taps=tuple(tap for feature in added for tap in feature.taps),
            steps=tuple(step for feature in added for step in feature.steps),
            scrub=next((feature.scrub for feature in added if feature.scrub is not None), None),
        )

    return compile_source
