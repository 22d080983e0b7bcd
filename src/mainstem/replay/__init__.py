"""Events held back, mended by rules and sent on their way again.

It knows events and logs. What a source makes of an event is asked of a function that is passed in, and what
the warehouse holds back comes as values.
"""

from __future__ import annotations

from mainstem.replay.differences import Difference, differences
from mainstem.replay.held import (
    STAGES,
    HeldEvent,
    Selection,
    Stage,
    gateway_held,
    last_resolutions,
    parse_id,
    still_open,
)
from mainstem.replay.reading import read_rules
from mainstem.replay.rules import Mended, Rule, mend
from mainstem.replay.run import (
    PARTITION,
    Decision,
    Judge,
    decide,
    derived_message_id,
    replay,
    write_resolutions,
)
from mainstem.replay.summary import Group, Summary, summary_of

__all__ = [
    "PARTITION",
    "STAGES",
    "Decision",
    "Difference",
    "Group",
    "HeldEvent",
    "Judge",
    "Mended",
    "Rule",
    "Selection",
    "Stage",
    "Summary",
    "decide",
    "derived_message_id",
    "differences",
    "gateway_held",
    "last_resolutions",
    "mend",
    "parse_id",
    "read_rules",
    "replay",
    "still_open",
    "summary_of",
    "write_resolutions",
]
