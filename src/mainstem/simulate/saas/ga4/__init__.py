"""A simulated Google Analytics 4 property."""

from __future__ import annotations

from mainstem.simulate.saas.ga4.service import Ga4Service

__all__ = ["Ga4Service"]
