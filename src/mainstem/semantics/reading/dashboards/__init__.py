"""`*.dashboard.lookml`: YAML → dashboards, every part with its line."""

from __future__ import annotations

from mainstem.semantics.reading.dashboards.dashboard import read_dashboards

__all__ = ["read_dashboards"]
