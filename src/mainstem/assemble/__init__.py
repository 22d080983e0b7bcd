"""The composition root: one module for each process turns settings into objects and runs them.

It decides nothing about data; it is the only place where a stage meets its neighbours.
"""

from __future__ import annotations
