"""Closed segments, kept for good in a folder or bucket: what event tables can be rebuilt from.

A segment is copied once it is closed and durable, under a name that never changes; where an archive is set,
retention deletes no segment that it does not hold.
"""

from __future__ import annotations

from mainstem.log.archive.archiver import Copied, archive_stream
from mainstem.log.archive.joined import ArchivedLogReader
from mainstem.log.archive.reader import ArchiveReader
from mainstem.log.archive.storage import BucketAccess, FolderStorage, Storage, Stored, open_storage

__all__ = [
    "ArchiveReader",
    "ArchivedLogReader",
    "BucketAccess",
    "Copied",
    "FolderStorage",
    "Storage",
    "Stored",
    "archive_stream",
    "open_storage",
]
