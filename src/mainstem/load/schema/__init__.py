"""RudderStack's warehouse schema, exactly: which tables, columns, types and values an event becomes.

Pure: events in, rows out; no warehouse, no state. What tables already hold is the loader's concern.
"""

from __future__ import annotations

from mainstem.load.schema.columns import LOADED_AT
from mainstem.load.schema.moments import parse_moment, render_moment
from mainstem.load.schema.names import namespace
from mainstem.load.schema.options import EventMetadata, Options
from mainstem.load.schema.provider import PROVIDERS, Provider
from mainstem.load.schema.row import Row
from mainstem.load.schema.transform import transform
from mainstem.load.schema.values import json_text

__all__ = [
    "LOADED_AT",
    "PROVIDERS",
    "EventMetadata",
    "Options",
    "Provider",
    "Row",
    "json_text",
    "namespace",
    "parse_moment",
    "render_moment",
    "transform",
]
