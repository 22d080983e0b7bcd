"""The query log: who asked the warehouse what, from where, and what it took.

It is written beside the queries and never in their way; what was run in the last second before a kill may be
missing. It holds SQL with the values that people filtered by, so it is for administrators.
"""

from __future__ import annotations

from mainstem.store.queries.buffer import QueryLog
from mainstem.store.queries.runs import Grouped, GroupedBy, KeptRun, QueryRun, QueryRuns, RunFilter

__all__ = ["Grouped", "GroupedBy", "KeptRun", "QueryLog", "QueryRun", "QueryRuns", "RunFilter"]
