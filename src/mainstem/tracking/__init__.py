"""Tracking plans: which events and properties there should be, and what was seen instead.

Pure but for reading plan files. It knows neither the gateway nor the warehouse.
"""

from __future__ import annotations
