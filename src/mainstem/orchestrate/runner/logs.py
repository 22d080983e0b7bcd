"""Lines of ours in the log of a try, at its start and its end, each with `[mainstem] ` before it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

MARK = "[mainstem] "


def say_first(log: Path, text: str) -> None:
    """Begin a log; nothing where there is one. Raises OSError."""
    log.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o640)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(f"{MARK}{text}\n")
    except FileExistsError:
        return


def say_last(log: Path, text: str) -> None:
    """End a log, on a line of its own. Raises OSError."""
    with log.open("ab+") as file:
        file.seek(0, os.SEEK_END)
        size = file.tell()
        file.seek(max(0, size - 1))
        new_line = "" if file.read(1) in (b"", b"\n") else "\n"
        file.write(f"{new_line}{MARK}{text}\n".encode(errors="replace"))
