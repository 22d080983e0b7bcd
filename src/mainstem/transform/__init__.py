"""dbt, in one long-lived process of its own, one run at a time.

Importing dbt costs seconds and its structure changes must not overlap, so nobody else loads it: the others
ask over a socket (`client`). Needs from outside only a lock, a catalog check and the lake's place.
"""

from __future__ import annotations

from mainstem.transform.messages import Event, Finished, NodeDone, Note, Queued, Request
from mainstem.transform.settings import TransformSettings, socket_path

__all__ = [
    "Event",
    "Finished",
    "NodeDone",
    "Note",
    "Queued",
    "Request",
    "TransformSettings",
    "socket_path",
]
