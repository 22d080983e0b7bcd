"""The programs of others that a benchmark needs, found on PATH or named with the way to get them."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

PACKAGES = {"wrk": "wrk", "nginx": "nginx-light", "taskset": "util-linux"}
_SYSTEM_FOLDERS = "/usr/local/sbin:/usr/sbin:/sbin"


class ToolMissing(Exception):
    """A benchmark cannot be measured here."""

    def __init__(self, tools: list[str]) -> None:
        self.tools = tuple(tools)
        packages = " ".join(PACKAGES[tool] for tool in tools)
        super().__init__(f"not measured: {' and '.join(tools)} not found; apt-get install {packages}")


def find(tool: str) -> Path | None:
    """Where `tool` is; a user's PATH may lack the folder that daemons are installed in."""
    path = os.pathsep.join((os.environ.get("PATH", os.defpath), _SYSTEM_FOLDERS))
    found = shutil.which(tool, path=path)
    return Path(found) if found else None


def require(*tools: str) -> dict[str, Path]:
    """Where each of `tools` is. Raises ToolMissing with all that are not there."""
    found = {tool: find(tool) for tool in tools}
    missing = [tool for tool, path in found.items() if path is None]
    if missing:
        raise ToolMissing(missing)
    return {tool: path for tool, path in found.items() if path is not None}
