"""What an operator may change about logs: the table `[logging]` of `mainstem.toml`.

It is about what processes say of themselves; the log of accepted events is `[log]`.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

LevelName = Literal["debug", "info", "warning", "error"]


class LoggingSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What processes say of themselves, and how much of it is kept. Events are in `[log]`."""

    level: LevelName = "info"
    """Least that a process writes: `debug`, `info`, `warning` or `error`."""
    format: Literal["text", "json"] = "text"
    """How a process that was started alone writes to stderr: for people, or one JSON object a line.
    Under `mainstem up` all write JSON, which it keeps."""
    dir: str | None = None
    """Folder of `<process>.log`, under `mainstem up`. Left out: `logs` in the data folder."""
    file_bytes: Annotated[int, msgspec.Meta(ge=4096)] = 10 * 1024 * 1024
    """A log file that has reached this size is set aside as `<process>.log.1` and begun anew."""
    files: Annotated[int, msgspec.Meta(ge=1)] = 5
    """Files kept of each process, the current one among them."""
