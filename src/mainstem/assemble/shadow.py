"""Shadow mode at the gateway: a tap for every source with a `shadow_url`, and the log the copies go to.

What forwards them is a process of its own (`assemble.forwarding`), so that the gateway holds no HTTP client.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import msgspec

from mainstem.assemble.feature import Feature
from mainstem.collect.shadow import ShadowCopies
from mainstem.log import open_writer

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.assemble.feature import FeatureOf
    from mainstem.events import Source
    from mainstem.log import LogSettings

_MAX_PENDING_BYTES = 16 * 1024 * 1024
"""Copies that wait for the disk; more are lost and counted, so that they never crowd out events."""


def shadow_copies(data_dir: Path, partition: str, settings: LogSettings) -> ShadowCopies:
    """`partition` is the gateway's own, in the stream of copies too."""
    bounded = msgspec.structs.replace(
        settings, max_pending_bytes=min(settings.max_pending_bytes, _MAX_PENDING_BYTES)
    )
    return ShadowCopies(partial(open_writer, data_dir, "shadow", partition, bounded))


def shadow_taps(copies: ShadowCopies) -> FeatureOf:
    def feature_of(source: Source) -> Feature:
        return Feature() if source.shadow_url is None else Feature(taps=(copies.tap(source.id),))

    return feature_of
