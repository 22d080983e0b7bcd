"""`make bench`: every figure as a ratio against a named limit or peer, measured in the same run.

Machines are shared and noisy, so an absolute number says little: each round measures ours and the limit
next to each other, and a figure is the median of the rounds with the least and the most beside it. Nothing
here is imported by the product.
"""

from __future__ import annotations
