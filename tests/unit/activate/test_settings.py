from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.activate.settings import place_of
from mainstem.config import parse_config

if TYPE_CHECKING:
    from pathlib import Path


def place(folder: Path, **settings: object) -> bytes:
    written = {"type": "postgres", "url": "env:SHOP_URL", **settings}
    lines = "\n".join(f"{name} = {value!r}" for name, value in written.items())
    return place_of(parse_config(folder / "mainstem.toml", f"[destinations.shop]\n{lines}\n", {}), "shop")


def test_another_place_is_told_apart_without_any_secret_and_another_pace_is_not(tmp_path: Path) -> None:
    stands = place(tmp_path)
    assert place(tmp_path, url="env:OTHER_SHOP_URL") != stands
    assert place(tmp_path, schema="crm") != stands
    assert place(tmp_path, daily_calls=10, reserve_calls=5) == stands
