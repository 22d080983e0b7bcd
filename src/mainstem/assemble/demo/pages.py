"""Look at the demo's dashboard as a browser would: over HTTP, tile by tile."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from html import unescape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

DASHBOARD = "health"

_TILE_URL = re.compile(r'hx-get="(/dashboards/[^"]+/tiles/[^"]+)"')
_ANSWER_SECONDS = 60.0


def tile_problems(web: str, token: str) -> Mapping[str, str | None]:
    """Every tile of the dashboard with what is wrong with it: a failed query, or nothing to show.

    `token` is an API token of somebody who may see it.
    """
    page = _get(f"{web}/dashboards/{DASHBOARD}", token)[1]
    urls = [unescape(found) for found in _TILE_URL.findall(page)]
    return {url.rpartition("/tiles/")[2].partition("?")[0]: _problem(f"{web}{url}", token) for url in urls}


def _problem(url: str, token: str) -> str | None:
    status, body = _get(url, token)
    if status != 200:
        said = re.sub(r"<[^>]+>", " ", body)
        return f"status {status}: {' '.join(unescape(said).split())}"
    rows = re.search(r'data-rows="(\d+)"', body)
    return None if rows and int(rows.group(1)) > 0 else "it shows no rows"


def _get(url: str, token: str) -> tuple[int, str]:
    """Status and body, whatever the status."""
    request = urllib.request.Request(url, headers={"authorization": f"Bearer {token}"})  # noqa: S310 # our own server's address
    try:
        with urllib.request.urlopen(request, timeout=_ANSWER_SECONDS) as answer:  # noqa: S310 # the same
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as e:
        with e:
            return e.code, e.read().decode()
