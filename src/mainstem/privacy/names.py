"""Names of properties compared as people mean them: `Order ID`, `orderId` and `order_id` are one.

The warehouse would make one column of them, so a rule for one must hold for all.
"""

from __future__ import annotations

from functools import lru_cache

LONGEST_KEPT = 64
_SEPARATORS = str.maketrans("", "", " _-.$")


def bare(name: str) -> str:
    """`name` in lower case without separators."""
    return _bare(name) if len(name) <= LONGEST_KEPT else _strip(name)


def _strip(name: str) -> str:
    return name.translate(_SEPARATORS).lower()


# Names repeat with every event. Only short ones are kept: senders choose them.
_bare = lru_cache(maxsize=8192)(_strip)
