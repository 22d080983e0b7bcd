"""The origins of a source, as a feature: a source that lists none pays nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.assemble.feature import Feature
from mainstem.collect.origins import origin_gate

if TYPE_CHECKING:
    from mainstem.assemble.feature import FeatureOf
    from mainstem.assemble.project import Project
    from mainstem.events import Source


def open_origins(_project: Project) -> FeatureOf:
    def feature_of(source: Source) -> Feature:
        return Feature(gates=(origin_gate(source.origins),)) if source.origins else Feature()

    return feature_of
