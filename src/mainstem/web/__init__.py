"""Dashboards in a browser: pages made on the server, charts drawn in the page, nothing from elsewhere.

It holds no SQL and reaches no warehouse: every number comes through `mainstem.query`'s Explorer.
"""

from __future__ import annotations

from mainstem.web.app import build_app
from mainstem.web.assets import Assets, load_assets
from mainstem.web.server import WebServer, serve
from mainstem.web.services import Services
from mainstem.web.settings import WebSettings

__all__ = ["Assets", "Services", "WebServer", "WebSettings", "build_app", "load_assets", "serve"]
