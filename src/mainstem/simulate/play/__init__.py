"""Play the days of a company for real: its events through a gateway, its systems' rows into a warehouse.

Nothing is lost: a day counts as played when the gateway has acknowledged every event of it and the warehouse
has committed its rows. It invents nothing: what is played is what the days hold.
"""

from __future__ import annotations

from mainstem.simulate.play.batches import Batch, batches
from mainstem.simulate.play.pace import ClockPace, FullSpeed, Pace, RatePace
from mainstem.simulate.play.rows import SystemRows
from mainstem.simulate.play.run import Played, Rows, Sender, play
from mainstem.simulate.play.sender import GatewaySender, Sent
from mainstem.simulate.play.state import Playing, PlayState

__all__ = [
    "Batch",
    "ClockPace",
    "FullSpeed",
    "GatewaySender",
    "Pace",
    "PlayState",
    "Played",
    "Playing",
    "RatePace",
    "Rows",
    "Sender",
    "Sent",
    "SystemRows",
    "batches",
    "play",
]
