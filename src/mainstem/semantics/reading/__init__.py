"""Final blocks → model, a module per construct of LookML.

Each takes one block and returns one frozen value, or what was left out and why; what is wrong goes to
`Problems`, and reading goes on. Nothing here knows other blocks, files or how blocks came to be.
"""

from __future__ import annotations
