"""Alerts: what is to be told, to whom it was, and what those who watch look at."""

from __future__ import annotations

from mainstem.store.alerts.outbox import Delivery, Outbox, Parcel
from mainstem.store.alerts.sightings import EndedRun, EndedTry, Sightings

__all__ = ["Delivery", "EndedRun", "EndedTry", "Outbox", "Parcel", "Sightings"]
