"""`python -m mainstem` is `mainstem`."""

from __future__ import annotations

from mainstem.cli import main

main()
