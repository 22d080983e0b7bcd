from __future__ import annotations

import pytest

from mainstem.manifest import cpu_cores, memory_bytes


@pytest.mark.parametrize(("text", "cores"), [("", None), ("500m", 0.5), ("2", 2.0), ("0.5", 0.5)])
def test_processors_are_counted_as_kubernetes_counts_them(text: str, cores: float | None) -> None:
    assert cpu_cores(text) == cores


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("", None),
        ("128", 128),
        ("1k", 1000),
        ("1Ki", 1024),
        ("1.5Gi", 1610612736),
        ("500M", 500_000_000),
        ("0.3", 1),
    ],
)
def test_bytes_are_counted_as_kubernetes_counts_them(text: str, size: int | None) -> None:
    assert memory_bytes(text) == size
