"""Events of before, from files, brought into the log as if their sources had sent them then."""

from __future__ import annotations

from mainstem.load.backfill.offered import Offered
from mainstem.load.backfill.position import Positions
from mainstem.load.backfill.reading import FORMATS, Format
from mainstem.load.backfill.run import Backfill, BackfillReport, Rejection

__all__ = ["FORMATS", "Backfill", "BackfillReport", "Format", "Offered", "Positions", "Rejection"]
