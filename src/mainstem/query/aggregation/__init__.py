"""The ways of writing aggregates so that joins change no number."""

from __future__ import annotations

from mainstem.query.aggregation.keys import Keys
from mainstem.query.aggregation.one_select import in_one_select
from mainstem.query.aggregation.two_steps import in_two_steps

__all__ = ["Keys", "in_one_select", "in_two_steps"]
