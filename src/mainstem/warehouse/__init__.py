"""Where all tables live: one contract, its implementations, their differences as fields.

A stage gets a `Warehouse` passed in; it never asks which one. Nothing here knows what the tables mean.
"""

from __future__ import annotations

from mainstem.warehouse.capabilities import Capabilities
from mainstem.warehouse.contract import ColumnType, TableName, Transaction, Warehouse

__all__ = ["Capabilities", "ColumnType", "TableName", "Transaction", "Warehouse"]
