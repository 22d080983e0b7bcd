"""The end of a try's log, fit for an alert."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.notify import personal_data_masked, secrets_struck

if TYPE_CHECKING:
    from pathlib import Path

_BYTES_A_LINE = 400
LONGEST_LINE = 300
"""Characters."""


def log_tail(file: Path, lines: int) -> list[str]:
    """Its last lines, or one that says why there are none. Secrets are struck, and what looks like personal
    data. A line may be cut at its end."""
    if lines == 0:
        return []
    try:
        with file.open("rb") as log:
            size = log.seek(0, 2)
            log.seek(max(size - lines * _BYTES_A_LINE, 0))
            text = log.read().decode(errors="replace")
    except OSError as e:
        return [f"(its log cannot be read: {e.strerror})"]
    # A line that begins before what was read may begin within a secret.
    whole = text.splitlines() if size <= lines * _BYTES_A_LINE else text.splitlines()[1:]
    struck = secrets_struck("\n".join(whole[-lines:])).splitlines()
    return [line[:LONGEST_LINE] for line in personal_data_masked(struck)]
