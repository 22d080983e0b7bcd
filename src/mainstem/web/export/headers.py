"""The headers of a file that is sent to be kept."""

from __future__ import annotations

import re


def headers_of(name: str) -> dict[str, str]:
    """Of a file to be kept under that name, as far as every system can."""
    safe = re.sub(r"[^A-Za-z0-9 ._-]", "_", name)
    return {"content-disposition": f'attachment; filename="{safe}"', "cache-control": "no-store"}
