"""What every life of one company shares, handed to each when it begins.

Lives write into the ledger and the tally and read neither; they know nothing else of each other.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mainstem.simulate.world.coverage import Tally
from mainstem.simulate.world.ledger import Ledger
from mainstem.simulate.world.timeline import Calendar

if TYPE_CHECKING:
    from mainstem.simulate.world.difficulty import Difficulty


@dataclass(frozen=True)
class Wiring:
    seed: int
    rates: Difficulty
    calendar: Calendar = field(default_factory=Calendar)
    accounts: int = 100
    """That are won in sixty months, about: what sales is staffed for."""
    ledger: Ledger = field(default_factory=Ledger)
    tally: Tally = field(default_factory=Tally)
