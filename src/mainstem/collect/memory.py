"""Keep the process as small as what it holds: what was given back goes back to the system, and at once.

glibc takes large blocks from the system one by one, but raises the size from which it does so with each
one that is freed; bodies of 4 MB then end up between small things in its heaps, which keep all they ever
had (measured: a flood of bodies left 40 MB more than it held). Nothing is changed where there is no glibc.
"""

from __future__ import annotations

import ctypes
import gc

LARGE_BYTES = 128 * 1024
"""Blocks from this size on are returned to the system when they are freed: glibc's default, held fast."""

_M_MMAP_THRESHOLD = -3
_COLLECT_EVERY = 50_000
"""Objects; the default of 700 looks at everything young many times a second, and requests leave no cycles."""


def return_large_blocks() -> None:
    """Hold glibc's threshold for large blocks where it is."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, LARGE_BYTES)


def settle_collector() -> None:
    """What is here now stays: leave it out of every search for cycles, and search seldom."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_COLLECT_EVERY, 20, 100)
