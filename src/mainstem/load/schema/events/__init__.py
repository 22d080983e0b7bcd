"""A module per event type: from one event to the rows of its tables."""

from __future__ import annotations
