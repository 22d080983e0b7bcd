"""Bring a backup's files to where they belong, each checked on the way.

It writes only where nothing stands; whoever calls it has made sure of that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg

from mainstem.errors import EnvironmentFailure
from mainstem.log.consumed import ARCHIVED_NAME, CONSUMED_NAME, write_consumed
from mainstem.log.filesystem import LocalFileSystem
from mainstem.log.mark import Mark
from mainstem.operate.backup.make import Counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from mainstem.config import PostgresAddress
    from mainstem.log.archive import Storage
    from mainstem.operate.backup.manifest import Kept, Manifest


def copy_out(
    storage: Storage, files: Iterable[Kept], target: Storage, tell: Callable[[int], None] = lambda _: None
) -> None:
    """Copy `files` to their places in `target`; `tell` is given the bytes of each.

    Raises EnvironmentFailure for one that is missing or not as it was written.
    """
    for file in files:
        counted = Counted(storage.pieces(file.name))
        try:
            target.write(file.place, counted)
        except FileNotFoundError as e:
            raise EnvironmentFailure(f"{storage}/{file.name} is missing: the backup is not whole") from e
        if (counted.size, counted.crc) != (file.size, file.crc):
            target.delete(file.place)
            raise EnvironmentFailure(
                f"{storage}/{file.name} is not as it was written; nothing was made of it"
            )
        tell(file.size)


def copy_log(storage: Storage, manifest: Manifest, target: Storage, folder: Path) -> None:
    """The log into `folder`, which is `target` too, with its marks. Raises as `copy_out`."""
    copy_out(storage, manifest.log, target)
    fs = LocalFileSystem()
    for one in manifest.partitions:
        place = folder / one.stream / one.partition
        fs.make_directory(place)
        Mark.open(fs, place, one.durable).close()
        for name, offset in ((CONSUMED_NAME, one.consumed), (ARCHIVED_NAME, one.archived)):
            if offset is not None:
                write_consumed(fs, place, offset, name)


def has_tables(database: PostgresAddress) -> bool:
    """Whether somebody keeps anything in it. Raises psycopg.OperationalError."""
    with psycopg.connect(**database.libpq()) as connection:
        row = connection.execute(
            "SELECT 1 FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace"
            " WHERE c.relkind IN ('r', 'v', 'S') AND n.nspname NOT IN ('pg_catalog', 'information_schema')"
            " AND n.nspname NOT LIKE 'pg_toast%' LIMIT 1"
        ).fetchone()
    return row is not None
