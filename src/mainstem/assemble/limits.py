"""The gate of every source that has a `rate_limit`."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from mainstem.assemble.feature import Feature
from mainstem.collect.limits import Bucket, RateLimit

if TYPE_CHECKING:
    from mainstem.assemble.feature import FeatureOf
    from mainstem.events import Source


def rate_limits(workers: int) -> FeatureOf:
    """Each of `workers` processes lets in its part, because they share nothing: the kernel spreads
    connections over them evenly, not by source.

    A source keeps its bucket for as long as the process lives: settings that are read anew fill none."""
    buckets: dict[str, Bucket] = {}

    def feature_of(source: Source) -> Feature:
        if source.rate_limit is None:
            return Feature()
        bucket = buckets.setdefault(source.id, Bucket())
        return Feature(gates=(RateLimit(source.rate_limit / workers, time.monotonic, bucket),))

    return feature_of
