"""Our tables held against those that another data plane has filled from the same events.

All comparing is SQL in one engine; what comes out are counts and a few samples. It changes nothing on either
side.
"""

from __future__ import annotations

from mainstem.operate.shadow_report.ignored import IGNORED_COLUMNS
from mainstem.operate.shadow_report.make import Question, make_report
from mainstem.operate.shadow_report.report import Report, TableReport
from mainstem.operate.shadow_report.text import report_text

__all__ = ["IGNORED_COLUMNS", "Question", "Report", "TableReport", "make_report", "report_text"]
