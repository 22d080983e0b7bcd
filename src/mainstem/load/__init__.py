"""From the log of accepted events to warehouse tables, each event exactly once.

`schema` decides what rows an event becomes; the rest brings them into tables that already stand.
"""

from __future__ import annotations
