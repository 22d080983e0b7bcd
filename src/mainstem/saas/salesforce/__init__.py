"""Salesforce as connectors and destinations meet it: being let in, what its answers mean, ids, Bulk queries.

Both name the same account, so that one budget counts their calls. It knows no object of an org.
"""

from __future__ import annotations

from mainstem.saas.salesforce.bulk_query import BulkQueries
from mainstem.saas.salesforce.login import Entrance, SalesforceLogin, entrance
from mainstem.saas.salesforce.records import csv_records, long_id, moment

__all__ = [
    "BulkQueries",
    "Entrance",
    "SalesforceLogin",
    "csv_records",
    "entrance",
    "long_id",
    "moment",
]
