"""The durable event log: the gateway appends, the loader reads, and nothing acknowledged is lost.

One writer per partition, any number of readers in other processes. `mainstem.log.format` opens with the
invariants and the byte layout. It knows no events: records are bytes.
"""

from __future__ import annotations

from mainstem.log.contract import STREAMS, Batch, ConsumerMarks, LogReader, LogWriter, Stream
from mainstem.log.files import (
    clean_log,
    list_log,
    log_folder,
    open_reader,
    open_writer,
    serve_log,
    verify_log,
)
from mainstem.log.meter import CommitMeter, Histogram
from mainstem.log.retention import StreamReport
from mainstem.log.served import ServedLog
from mainstem.log.settings import LogSettings
from mainstem.log.verify import SegmentReport

__all__ = [
    "STREAMS",
    "Batch",
    "CommitMeter",
    "ConsumerMarks",
    "Histogram",
    "LogReader",
    "LogSettings",
    "LogWriter",
    "SegmentReport",
    "ServedLog",
    "Stream",
    "StreamReport",
    "clean_log",
    "list_log",
    "log_folder",
    "open_reader",
    "open_writer",
    "serve_log",
    "verify_log",
]
