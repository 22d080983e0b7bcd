"""What one feature adds to one source: the value that a module of a feature returns.

Beside `features`, which lists those modules and so imports them.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from mainstem.collect.sources import Gate, Tap
from mainstem.events import Scrub, Source, Step


class Feature(msgspec.Struct, frozen=True):
    """Empty where the source does not use it."""

    gates: tuple[Gate, ...] = ()
    taps: tuple[Tap, ...] = ()
    steps: tuple[Step, ...] = ()
    scrub: Scrub | None = None
    files: tuple[Path, ...] = ()
    """What was read for it beside `mainstem.toml`; when one of them changes, the sources are compiled anew.
    A file that is not there yet may be named, and a folder, which changes when a file in it comes or goes."""
    copied: tuple[Path, ...] = ()
    """Of `files`, those that a gateway keeps a copy of, to start from while the present ones do not check:
    what people write and may break. No file that holds a secret."""


FeatureOf = Callable[[Source], Feature]
