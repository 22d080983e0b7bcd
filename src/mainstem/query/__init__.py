"""A request and a semantic model become SQL, and the SQL becomes rows.

Each pass is a module with typed input and output; none imports another, and only `execute` touches a
warehouse.
"""

from __future__ import annotations

from mainstem.query.compilation import compile_request
from mainstem.query.display import display
from mainstem.query.explorer import Explorer
from mainstem.query.facts import ElementFacts, FieldFacts, ViewFacts
from mainstem.query.request import DEFAULT_LIMIT, Request
from mainstem.query.result import Cell, ColumnKind, Compiled, OutputColumn, OutputType, QueryResult
from mainstem.query.warehouse_explorer import WarehouseExplorer

__all__ = [
    "DEFAULT_LIMIT",
    "Cell",
    "ColumnKind",
    "Compiled",
    "ElementFacts",
    "Explorer",
    "FieldFacts",
    "OutputColumn",
    "OutputType",
    "QueryResult",
    "Request",
    "ViewFacts",
    "WarehouseExplorer",
    "compile_request",
    "display",
]
