"""Scripts and styles as they are served: our own files, and third-party ones out of installed packages.

Promise: an asset's URL names its content, so browsers keep it for ever and never see a stale one.
Nothing third-party lives in our tree and nothing is fetched over the network.
"""

from __future__ import annotations

import gzip
import hashlib
import os
from dataclasses import dataclass
from importlib import metadata, resources
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from mainstem.errors import EnvironmentFailure

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

HTMX = "htmx.min.js"
CHART_ENGINE = "vega.js"
STYLES = (
    "tokens.css",
    "base.css",
    "layout.css",
    "forms.css",
    "tables.css",
    "components.css",
    "dashboard.css",
    "truth.css",
    "filters.css",
    "media.css",
)
"""The stylesheets of every page, in the order they are read."""

_ENGINE_EXPORTS = "export {vegaEmbed, vega};"
_MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True)
class Asset:
    """One file, ready to send plain or gzipped."""

    name: str
    digest: str
    body: bytes
    gzipped: bytes

    @property
    def path(self) -> str:
        """Its path below `/static/`."""
        return f"{self.digest}/{self.name}"

    @property
    def media_type(self) -> str:
        return _MEDIA_TYPES[PurePosixPath(self.name).suffix]


class Assets:
    """Assets by name, for templates, and by path, for the server."""

    def __init__(self, assets: Iterable[Asset]) -> None:
        self._by_name = {asset.name: asset for asset in assets}
        self._by_path = {asset.path: asset for asset in self._by_name.values()}

    def url(self, name: str) -> str:
        return f"/static/{self._by_name[name].path}"

    def at(self, path: str) -> Asset | None:
        """The asset whose content the path names; None for an unknown or outdated path."""
        return self._by_path.get(path)


def load_assets(cache: Path) -> Assets:
    """Every asset the pages use. `cache` is a folder for the chart engine, made when it is missing."""
    engine = asset_group({CHART_ENGINE: chart_engine(cache)})
    return Assets([*own_assets(), *asset_group({HTMX: _htmx()}), *engine])


def own_assets() -> list[Asset]:
    """The files of `web/static`, as one group: the modules among them import each other by relative path."""
    folder = resources.files("mainstem.web") / "static"
    return asset_group(
        {entry.name: entry.read_bytes() for entry in sorted(folder.iterdir(), key=lambda entry: entry.name)}
    )


def asset_group(files: Mapping[str, bytes]) -> list[Asset]:
    """Assets that share one digest, over all of their contents, and so one folder."""
    digest = hashlib.sha256()
    for name, body in files.items():
        digest.update(f"{name}\0{len(body)}\0".encode())
        digest.update(body)
    return [
        Asset(name, digest.hexdigest()[:16], body, gzip.compress(body, mtime=0))
        for name, body in files.items()
    ]


def chart_engine(cache: Path) -> bytes:
    """Vega, Vega-Lite, vega-embed and its expression interpreter as one ES module.

    Bundling takes one to two seconds of CPU, so the result is kept in `cache` for each installed version.
    """
    version = metadata.version("vl-convert-python")
    exports = hashlib.sha256(_ENGINE_EXPORTS.encode()).hexdigest()[:8]
    kept = cache / f"vega-{version}-{exports}.js"
    if kept.exists():
        return kept.read_bytes()
    import vl_convert  # 0.2 s and a JavaScript engine in memory, needed only when nothing is kept yet

    bundle = vl_convert.javascript_bundle(_ENGINE_EXPORTS).encode()
    cache.mkdir(parents=True, exist_ok=True)
    unfinished = kept.with_suffix(f".{os.getpid()}")
    unfinished.write_bytes(bundle)
    unfinished.replace(kept)
    return bundle


def _htmx() -> bytes:
    """Read as a file: importing the package would import Django, which it never needs for its files."""
    distribution = metadata.distribution("django-js-lib-htmx")
    for file in distribution.files or ():
        if file.name == HTMX:
            return file.read_binary()
    raise EnvironmentFailure(f"the package django-js-lib-htmx {distribution.version} holds no {HTMX}")
