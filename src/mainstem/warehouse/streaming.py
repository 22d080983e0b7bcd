"""Rows of a SELECT piece by piece, so that a million of them need no memory: an optional power of a
warehouse."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    import pyarrow as pa


class Streaming(ABC):
    @abstractmethod
    def stream(self, sql: str) -> AbstractContextManager[Iterator[pa.RecordBatch]]:
        """The same rows as of `Warehouse.query`, some thousands at a time, read as they are asked for.

        All of them are of one moment. Raises as `Warehouse.query`, at the start or on the way. One thread
        uses it from beginning to end.
        """
