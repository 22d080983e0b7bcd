"""What a segment is called in an archive: `<stream>/<partition>/<base, 20 digits>.segment`, for ever."""

from __future__ import annotations

import re

_NAME = re.compile(r"[^/]+/(?P<partition>[^/]+)/(?P<base>\d{20})\.segment")


def segment_name(stream: str, partition: str, base: int) -> str:
    return f"{stream}/{partition}/{base:020d}.segment"


def parse_name(name: str) -> tuple[str, int] | None:
    """Partition and base; None for a file that is no segment."""
    found = _NAME.fullmatch(name)
    return (found["partition"], int(found["base"])) if found else None
