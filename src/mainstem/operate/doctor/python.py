"""Which Python this is."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from mainstem.operate.doctor.finding import Finding, fail, ok

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "python"
OLDEST = (3, 11)


def check_python(version: tuple[int, int, int] | None = None) -> Iterator[Finding]:
    """`version` is this interpreter's when left out."""
    found = version or sys.version_info[:3]
    text = ".".join(map(str, found))
    if found[:2] < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        yield fail(NAME, f"Python {text}", f"install Python {oldest} or newer and make the environment anew")
    else:
        yield ok(NAME, f"Python {text}, {sys.executable}")
