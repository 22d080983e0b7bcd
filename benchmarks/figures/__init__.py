"""One module for each benchmark: `measure(effort, scratch)` gives its figures.

The docstring of a module stands in `docs/performance.md`: what is measured, what the limit is, how to read
it.
"""

from __future__ import annotations
