"""A million rows as a file, out of a real web server: memory does not grow with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from benchmarks.export_server import SIZES, WAREHOUSE_MB, export_server

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1_800)]

MB = 1_000_000
SPARE_MB = 60
"""For pieces on their way. The rows weigh 120 MB as text, and several times that as objects of Python."""


@pytest.mark.parametrize("form", ["csv", "json", "xlsx"])
def test_a_million_rows_need_no_more_memory_than_the_warehouse_may_hold_and_a_few_pieces(
    tmp_path: Path, form: str
) -> None:
    few, many = SIZES[1:]
    with export_server(tmp_path) as server:
        small = server.growth(few, form)
        large = server.growth(many, form)
    print(f"{form}: {few:,} rows {small / MB:.0f} MB, {many:,} rows {large / MB:.0f} MB more")  # noqa: T201 # shown with -s: the figures
    assert large < (WAREHOUSE_MB + SPARE_MB) * MB
