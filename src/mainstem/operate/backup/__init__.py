"""A copy of all that a project keeps, made while it runs, and bringing it back elsewhere.

A backup is a folder or a bucket. Files that never change are kept once for all backups in it; each backup has
a manifest that names every file it needs, with its checksum.
"""

from __future__ import annotations

from mainstem.operate.backup.check import check_backup
from mainstem.operate.backup.lake_files import LakeFile, held_lake
from mainstem.operate.backup.make import BackupReport, BackupWriter
from mainstem.operate.backup.manifest import Kept, Manifest, backups, read_manifest
from mainstem.operate.backup.restore import copy_log, copy_out, has_tables
from mainstem.operate.backup.unfinished import Unfinished, UnfinishedMark

__all__ = [
    "BackupReport",
    "BackupWriter",
    "Kept",
    "LakeFile",
    "Manifest",
    "Unfinished",
    "UnfinishedMark",
    "backups",
    "check_backup",
    "copy_log",
    "copy_out",
    "has_tables",
    "held_lake",
    "read_manifest",
]
