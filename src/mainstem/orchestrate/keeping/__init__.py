"""What runtimes share that give every try a keeper of its own: its files, and how it is waited for."""

from __future__ import annotations

from mainstem.orchestrate.keeping.runtime import KeptRuntime, keeps

__all__ = ["KeptRuntime", "keeps"]
