"""Syntax → model, a module per construct of LookML.

Each takes one block and returns one frozen value; what is wrong goes to `Problems`, and None or a
default stands in for it, so that reading goes on.
"""

from __future__ import annotations
