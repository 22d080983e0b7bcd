from __future__ import annotations

import msgspec
import pytest

from benchmarks.effort import FULL, QUICK, with_settings


def test_a_length_can_be_set_by_its_name() -> None:
    assert with_settings(QUICK, {"load_events": "50000", "tile_s": "2.5"}).load_events == 50_000


@pytest.mark.parametrize("settings", [{"rounds": "0"}, {"rounds": "many"}, {"loud_events": "3"}])
def test_a_length_that_makes_no_sense_is_refused(settings: dict[str, str]) -> None:
    with pytest.raises(msgspec.ValidationError):
        with_settings(FULL, settings)


def test_a_full_run_has_five_rounds_or_more() -> None:
    assert FULL.rounds >= 5
