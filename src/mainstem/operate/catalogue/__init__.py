"""The event catalogue: what stands in the event tables, who sends it, and what it is used for, as tables.

It reads event tables, tracking plans, dbt's manifest and LookML, and writes tables of its own alone. It
never changes an event, and shows no value that detectors know as personal.
"""

from __future__ import annotations

from mainstem.operate.catalogue.entries import (
    Catalogue,
    DayCount,
    EventEntry,
    PropertyEntry,
    SampleValue,
    Sender,
    SpelledName,
)
from mainstem.operate.catalogue.known import Knowledge, KnownEvent, KnownProperty
from mainstem.operate.catalogue.refresh import Refresh, RefreshReport
from mainstem.operate.catalogue.settings import CatalogueSettings
from mainstem.operate.catalogue.tables import read_catalogue
from mainstem.operate.catalogue.usage import Usage

__all__ = [
    "Catalogue",
    "CatalogueSettings",
    "DayCount",
    "EventEntry",
    "Knowledge",
    "KnownEvent",
    "KnownProperty",
    "PropertyEntry",
    "Refresh",
    "RefreshReport",
    "SampleValue",
    "Sender",
    "SpelledName",
    "Usage",
    "read_catalogue",
]
