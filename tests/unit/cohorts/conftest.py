from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mainstem.testing.cohorts_shop import open_shop

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.testing.cohorts_shop import Shop


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return open_shop(tmp_path)
