"""Mainstem: a company's whole data stack in one install.

Packages are named for what they do to data and stand in the order data flows through them;
`docs/architecture.md` draws that order and `make check` enforces it.
"""

from __future__ import annotations

__version__ = "0.1.0"

__all__ = ["__version__"]
