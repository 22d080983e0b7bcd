"""How much a test tries of what it could: all of it, or a share where a run must be quick.

Only for tests that try the same thing over and over with other values; what a test protects stays the same.
"""

from __future__ import annotations

import os

VARIABLE = "MAINSTEM_TEST_SHARE"


def share_of(tries: int) -> int:
    """`tries` times the share that `MAINSTEM_TEST_SHARE` names (`0.1`; all where it is unset), at least 1.

    Raises ValueError for a share that is no number above zero.
    """
    written = os.environ.get(VARIABLE, "1")
    share = float(written)
    if not share > 0:
        raise ValueError(f"{VARIABLE} is {written}: it must be above zero")
    return max(1, round(tries * share))
