"""What every life of one company shares, handed to each when it begins.

Lives write into the ledger and the tally and read neither; they know nothing else of each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mainstem.simulate.world.coverage import Tally
    from mainstem.simulate.world.difficulty import Difficulty
    from mainstem.simulate.world.ledger import Ledger


@dataclass(frozen=True)
class Wiring:
    seed: int
    rates: Difficulty
    ledger: Ledger
    tally: Tally
