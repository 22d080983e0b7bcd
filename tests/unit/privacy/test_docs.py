from __future__ import annotations

from pathlib import Path

from mainstem.privacy import ConsentSettings, ProfileSettings
from mainstem.privacy.detectors import DETECTORS

TEXT = (Path(__file__).parents[3] / "docs" / "privacy.md").read_text(encoding="utf-8")


def test_every_setting_of_a_profile_and_every_detector_is_described() -> None:
    names = [*ProfileSettings.__struct_fields__, *(detector.name for detector in DETECTORS)]
    assert [name for name in names if f"`{name}`" not in TEXT] == []
    assert [name for name in ConsentSettings.__struct_fields__ if f"\n{name} = " not in TEXT] == []
