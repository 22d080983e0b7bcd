"""The fast way from events to rows: whole columns at once, for events of a form that was seen before.

The pure transform (`load.schema`) decides everything. For events of one source, type and name it is asked,
once, what it does with each of their values; what it answered is then done to thousands of events as
columns. An event that differs in any way from what was asked goes the pure way, alone. So the two ways
agree by how this one is made, and tests compare them on every case there is.
"""

from __future__ import annotations

from mainstem.load.columnar.lanes import ColumnarResult, Headed, LaneKey, Lanes, head_of

__all__ = ["ColumnarResult", "Headed", "LaneKey", "Lanes", "head_of"]
