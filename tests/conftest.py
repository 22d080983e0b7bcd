"""Fixtures every suite may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def conformance() -> Path:
    """Folder of recorded SDK requests and warehouse-schema cases.

    They live beside the repository, never in it; `MAINSTEM_CONFORMANCE` names another place.
    """
    folder = Path(os.environ.get("MAINSTEM_CONFORMANCE", REPOSITORY.parent / "shared" / "conformance"))
    if not folder.is_dir():
        message = f"no conformance data at {folder}; set MAINSTEM_CONFORMANCE to its folder"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return folder
