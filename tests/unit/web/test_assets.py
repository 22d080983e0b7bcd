from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Any

import pytest

from mainstem.web.assets import CHART_ENGINE, HTMX, asset_group, load_assets, own_assets

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.web import Assets


@pytest.fixture(scope="session")
def real_assets(tmp_path_factory: pytest.TempPathFactory) -> tuple[Assets, Path]:
    cache = tmp_path_factory.mktemp("assets")
    return load_assets(cache), cache


def body(assets: Assets, name: str) -> bytes:
    asset = assets.at(assets.url(name).removeprefix("/static/"))
    assert asset is not None
    return asset.body


def test_an_asset_is_served_for_ever_and_gzipped_when_the_browser_can(web: Any, assets: Assets) -> None:
    url = assets.url("tokens.css")
    packed = web.client.get(url, headers={"accept-encoding": "gzip"})
    plain = web.client.get(url, headers={"accept-encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.content == plain.content
    assert packed.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert packed.headers["vary"] == "accept-encoding"


def test_an_address_names_the_content() -> None:
    (one,), (other,) = asset_group({"a.js": b"1"}), asset_group({"a.js": b"2"})
    assert one.path != other.path
    assert asset_group({"a.js": b"1"})[0].path == one.path


def test_modules_that_import_each_other_share_a_folder() -> None:
    folders = {asset.digest for asset in own_assets()}
    assert len(folders) == 1


def test_gzipped_content_is_the_content() -> None:
    for asset in own_assets():
        assert gzip.decompress(asset.gzipped) == asset.body


def test_htmx_comes_out_of_its_package(real_assets: tuple[Assets, Path]) -> None:
    assert b"htmx" in body(real_assets[0], HTMX)


def test_the_chart_engine_is_a_module_with_an_expression_interpreter(
    real_assets: tuple[Assets, Path],
) -> None:
    engine = body(real_assets[0], CHART_ENGINE)
    assert b"as vegaEmbed" in engine[-200:]
    assert b"expressionInterpreter" in engine


def test_the_chart_engine_is_made_once_for_each_installed_version(real_assets: tuple[Assets, Path]) -> None:
    _, cache = real_assets
    (kept,) = cache.iterdir()
    kept.write_bytes(b"kept")
    assert body(load_assets(cache), CHART_ENGINE) == b"kept"
