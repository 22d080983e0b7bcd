"""Read a backup back: whether every file it needs is there, whole, as it was written."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from mainstem.log.archive import Storage
    from mainstem.operate.backup.manifest import Manifest


def check_backup(
    storage: Storage, manifest: Manifest, tell: Callable[[int, int], None] = lambda _done, _of: None
) -> list[str]:
    """What is wrong, a line each; nothing when it can be restored. `tell` is given bytes read, and of how
    many."""
    problems: list[str] = []
    total, done = sum(file.size for file in manifest.files), 0
    for file in manifest.files:
        try:
            crc, size = storage.checksum(file.name)
        except FileNotFoundError:
            problems.append(f"{file.name} is missing")
            continue
        if size != file.size:
            problems.append(f"{file.name} holds {size} bytes, and it was written with {file.size}")
        elif crc != file.crc:
            problems.append(f"{file.name} does not hold what was written: its checksum differs")
        done += size
        tell(done, total)
    return problems
