"""The event gateway: RudderStack's and Segment's data plane in front of a durable log.

Nothing is answered 200 before it is on disk. This package knows neither the warehouse nor the loader,
and stays up when they are down.
"""

from __future__ import annotations

from mainstem.collect.answers import Answers
from mainstem.collect.handle import Handler
from mainstem.collect.intake import RecordLog
from mainstem.collect.replies import Reply
from mainstem.collect.request import Accepted, Outcome, Request
from mainstem.collect.server import Companion, Parts, serve
from mainstem.collect.settings import CollectSettings
from mainstem.collect.sources import CompiledSource, SourceTable, compile_plainly

__all__ = [
    "Accepted",
    "Answers",
    "CollectSettings",
    "Companion",
    "CompiledSource",
    "Handler",
    "Outcome",
    "Parts",
    "RecordLog",
    "Reply",
    "Request",
    "SourceTable",
    "compile_plainly",
    "serve",
]
