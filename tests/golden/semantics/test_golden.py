"""The model that a LookML project becomes, whole, as JSON. `MAINSTEM_UPDATE_GOLDEN=1` writes it anew."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from mainstem.semantics import load_project

HERE = Path(__file__).parent
SHOP = HERE.parent / "query" / "lookml"


def test_the_project_becomes_the_same_model() -> None:
    encoded = msgspec.json.encode(load_project(SHOP), order="deterministic")
    text = msgspec.json.format(encoded, indent=1).decode() + "\n"
    path = HERE / "shop.json"
    if os.environ.get("MAINSTEM_UPDATE_GOLDEN"):
        path.write_text(text)
    assert text == path.read_text()
