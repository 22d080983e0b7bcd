"""Funnels, retentions, paths and cohorts as pages have them: the address, the words, the drawings."""

from __future__ import annotations

from mainstem.web.cohorts.address import Draft, DraftCondition, read_draft

__all__ = ["Draft", "DraftCondition", "read_draft"]
