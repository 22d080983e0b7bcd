"""What the gateway does for a source beyond its checks: each feature a module of its own, put together here.

The order of `FEATURES` is the order in which an event goes through their steps: what may not be kept at
all is dropped first, then events are completed and judged, and made private last, so that nothing a plan
or an enrichment adds escapes the rules.

Sources are compiled again whenever the project changes: a feature keeps nothing that must outlive that.
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

import msgspec

from mainstem.assemble.enrichment import enrichment
from mainstem.assemble.feature import Feature, FeatureOf
from mainstem.assemble.origins import open_origins
from mainstem.assemble.privacy import admission, private_rules
from mainstem.assemble.tracking import tracking
from mainstem.collect import CompiledSource, compile_plainly

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from mainstem.assemble.project import Project
    from mainstem.events import Scrub, Source

__all__ = ["FEATURES", "Feature", "FeatureOf", "SourceCompiler", "source_compiler"]

FEATURES: tuple[Callable[[Project], FeatureOf], ...] = (
    open_origins,
    admission,
    enrichment,
    tracking,
    private_rules,
)
"""Each reads its settings once and raises ConfigError for what is not valid."""


class SourceCompiler:
    """Compiles the sources of one reading of the project. Raises ConfigError for a source that names what is
    not there."""

    def __init__(self, features: tuple[FeatureOf, ...]) -> None:
        self._features = features
        self.files: set[Path] = set()
        """What was read for the sources compiled so far, beside `mainstem.toml`."""
        self.copied: set[Path] = set()
        """Of them, what is kept to start from."""

    def __call__(self, source: Source) -> CompiledSource:
        added = [feature_of(source) for feature_of in self._features]
        self.files.update(file for feature in added for file in feature.files)
        self.copied.update(file for feature in added for file in feature.copied)
        return msgspec.structs.replace(
            compile_plainly(source),
            gates=tuple(gate for feature in added for gate in feature.gates),
            taps=tuple(tap for feature in added for tap in feature.taps),
            steps=tuple(step for feature in added for step in feature.steps),
            scrub=_one_after_another([feature.scrub for feature in added if feature.scrub is not None]),
        )


def _one_after_another(scrubs: Sequence[Scrub]) -> Scrub | None:
    if not scrubs:
        return None
    return lambda value, sending: reduce(lambda found, scrub: scrub(found, sending), scrubs, value)


def source_compiler(project: Project, beside: tuple[FeatureOf, ...] = ()) -> SourceCompiler:
    """`beside` are features of the one process that compiles: its counters and its logs.

    Raises ConfigError where the settings of a feature are not valid.
    """
    reading = project.reading()
    return SourceCompiler((*beside, *(open_feature(reading) for open_feature in FEATURES)))
