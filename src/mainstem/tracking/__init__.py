"""Tracking plans: which events and properties there should be, and what was seen instead.

Pure but for reading plan files and keeping the catalogue's. It knows neither the gateway nor the warehouse.
The gateway imports this package, so that YAML, 1.5 MB in each worker, is left to `mainstem.tracking.read` and
`.write`, for those who need it.
"""

from __future__ import annotations

from mainstem.tracking.catalogue import Budgets, News, SourceCatalogue
from mainstem.tracking.plan import Plan, PlannedEvent, PropertyRule, planned_names
from mainstem.tracking.settings import TrackingSettings
from mainstem.tracking.step import TrackingStep

__all__ = [
    "Budgets",
    "News",
    "Plan",
    "PlannedEvent",
    "PropertyRule",
    "SourceCatalogue",
    "TrackingSettings",
    "TrackingStep",
    "planned_names",
]
