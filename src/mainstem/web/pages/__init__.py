"""One module a page: each has `routes(site)` and nothing it shares with another page but the site."""

from __future__ import annotations
