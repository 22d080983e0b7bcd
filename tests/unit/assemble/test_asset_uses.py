from __future__ import annotations

import json
from typing import TYPE_CHECKING

from mainstem.assemble.asset_uses import AssetUses
from mainstem.semantics.model import Explore, Model, Origin, View
from mainstem.semantics.project import Project
from mainstem.web.orchestration import Use

if TYPE_CHECKING:
    from pathlib import Path

HERE = Origin("a.view.lkml", 1)


def dbt(*marts: str) -> str:
    nodes = {
        "model.shop.stg_pages": {
            "name": "stg_pages",
            "resource_type": "model",
            "schema": "staging",
            "fqn": ["shop", "staging", "stg_pages"],
            "raw_code": "select * from x",
            "depends_on": {"nodes": ["source.shop.web.pages"]},
        },
        **{
            f"model.shop.{name}": {
                "name": name,
                "resource_type": "model",
                "schema": "marts",
                "fqn": ["shop", "marts", name],
                "raw_code": "select * from y",
                "depends_on": {"nodes": ["model.shop.stg_pages"]},
            }
            for name in marts
        },
    }
    sources = {"source.shop.web.pages": {"schema": "web", "name": "pages"}}
    return json.dumps({"nodes": nodes, "sources": sources})


def lookml() -> Project:
    view = View(name="v", label="V", origin=HERE, sql_table_name="marts.visits")
    explore = Explore(name="visits", label="Visits", alias="v", view="v", origin=HERE)
    return Project(
        models={
            "m": Model(
                name="m",
                label="M",
                connection=None,
                origin=HERE,
                views={"v": view},
                explores={"visits": explore},
            )
        }
    )


def test_a_source_is_read_by_models_and_by_explores_over_what_is_built_on_it(tmp_path: Path) -> None:
    file, project = tmp_path / "manifest.json", lookml()
    file.write_text(dbt("visits"))
    uses = AssetUses(file, lambda: project)
    assert uses("source/web/pages") == [
        Use("explore", "m.visits", "/explores/m/visits"),
        Use("model", "stg_pages"),
    ]
    assert uses("source/web/clicks") == []


def test_a_folder_of_models_is_read_by_explores_over_them(tmp_path: Path) -> None:
    file, project = tmp_path / "manifest.json", lookml()
    file.write_text(dbt("visits"))
    uses = AssetUses(file, lambda: project)
    for asset in ("models/marts", "models/shop/marts"):
        assert uses(asset) == [Use("explore", "m.visits", "/explores/m/visits")], asset
    assert uses("models/staging") == []
    assert uses("crm/accounts") == ()


def test_what_dbt_writes_anew_is_read_anew_and_what_is_none_is_left_out(tmp_path: Path) -> None:
    file, project = tmp_path / "manifest.json", lookml()
    uses = AssetUses(file, lambda: project)
    assert uses("models/marts") == ()
    file.write_text(dbt())
    assert uses("models/marts") == []
    file.write_text(dbt("visits") + " ")
    assert len(uses("models/marts")) == 1
    file.write_text("{")
    assert uses("models/marts") == ()
