"""How long rows of event tables are kept, by class of data: rules decide, a warehouse deletes."""

from __future__ import annotations

from mainstem.operate.retention.plan import plan_retention
from mainstem.operate.retention.settings import RetentionRule

__all__ = ["RetentionRule", "plan_retention"]
