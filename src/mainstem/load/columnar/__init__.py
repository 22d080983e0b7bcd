"""The fast way from events to rows: whole columns at once, for events of a form that was seen before.

The pure transform (`load.schema`) decides everything. For events of one source, type and name it is asked,
once, what it does with each of their values; what it answered is then done to thousands of events as
columns. An event that differs in any way from what was asked goes the pure way, alone. So the two ways
agree by how this one is made, and tests compare them on every case there is.

Records that many others are like, byte for byte but for their values, are not even decoded: `alike` cuts the
values out, `fitted` makes columns of them. All other records of a known form are decoded as typed JSON.
"""

from __future__ import annotations

from mainstem.load.columnar.glimpse import Group
from mainstem.load.columnar.lane import LaneKey, head_of
from mainstem.load.columnar.lanes import ColumnarResult, Headed, Lanes

__all__ = ["ColumnarResult", "Group", "Headed", "LaneKey", "Lanes", "head_of"]
