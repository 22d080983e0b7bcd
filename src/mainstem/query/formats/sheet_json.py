"""A sheet as a JSON list of objects, piece by piece; keys are `view.field`s, values unformatted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from mainstem.query.formats.json import json_value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.query.sheets import Sheet


def json_pieces(sheet: Sheet) -> Iterator[str]:
    """Totals are left out: they are no row."""
    names = [column.name for column in sheet.columns]
    before = "["
    for batch in sheet.batches:
        lines = (dict(zip(names, map(json_value, line), strict=True)) for line in batch)
        texts = [msgspec.json.encode(line).decode() for line in lines]
        if texts:
            yield before + "\n" + ",\n".join(texts)
            before = ","
    yield "[]\n" if before == "[" else "\n]\n"
