"""Erasing a person: from the log, its archive, every table, older snapshots, and what else was kept of them.

Every step can be done again and comes to the same; an erasure that was killed is ended by beginning it again.
"""

from __future__ import annotations

from mainstem.operate.erase.job import Job, JobFile
from mainstem.operate.erase.run import Report, Step, perform
from mainstem.operate.erase.sought import Sought

__all__ = ["Job", "JobFile", "Report", "Sought", "Step", "perform"]
