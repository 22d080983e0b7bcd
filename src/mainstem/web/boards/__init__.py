"""What happens between the tiles of a dashboard: a mark that is clicked filters the others, or leads on.

The address of the page holds all of it, so that back, forward and a shared link show the same. A mark is
named by what is drawn (its label and its series), never by its place in an answer, which the next build may
change.
"""

from __future__ import annotations

from mainstem.web.boards.cross import Cross, Crossing, cross_pairs, read_crosses, without_crosses
from mainstem.web.boards.dimming import dimmed
from mainstem.web.boards.marks import Mark, Marks

__all__ = ["Cross", "Crossing", "Mark", "Marks", "cross_pairs", "dimmed", "read_crosses", "without_crosses"]
