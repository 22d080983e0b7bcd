"""Addresses of the pages of connectors."""

from __future__ import annotations

from urllib.parse import quote

CONNECTORS = "/connectors"


def connector_path(name: str) -> str:
    return f"{CONNECTORS}/{quote(name, safe='')}"
