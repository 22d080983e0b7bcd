"""The gate of every source that has a `rate_limit`."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from mainstem.assemble.feature import Feature
from mainstem.collect.limits import RateLimit

if TYPE_CHECKING:
    from mainstem.assemble.feature import FeatureOf
    from mainstem.events import Source


def rate_limits(workers: int) -> FeatureOf:
    """Each of `workers` processes lets in its part, because they share nothing: the kernel spreads
    connections over them evenly, not by source."""

    def feature_of(source: Source) -> Feature:
        if source.rate_limit is None:
            return Feature()
        return Feature(gates=(RateLimit(source.rate_limit / workers, time.monotonic),))

    return feature_of
