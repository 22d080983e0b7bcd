"""RudderStack's warehouse schema, held against what RudderStack itself gave for recorded and random events.

What the cases cannot tell is masked: ids and moments that were made up while they were recorded. Their
messages are written with sorted keys, which loses one fact: of two keys that become the same column, the
one that came last wins. So a column that differs is given a chance with the keys in other orders.
"""

from __future__ import annotations

import gzip
import json
import random
from typing import TYPE_CHECKING, Any

import pytest

from mainstem.load.explain import explain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_NOTHING = "(nothing)"
_ORDERS = 60


@pytest.mark.parametrize("file", ["recorded", "random"])
def test_every_event_becomes_the_rows_rudderstack_makes_of_it(conformance: Path, file: str) -> None:
    cases = list(_cases(conformance / "warehouse_schema" / f"{file}.jsonl.gz"))
    wrong = [
        f"{file}.jsonl:{number} {case['provider']} {case['message'].get('type')} {case.get('test', '')}\n"
        + "\n".join(f"    {line}" for line in sorted(differences))
        for number, case in enumerate(cases, start=1)
        if (differences := _differences_in_every_order(case))
    ]
    assert not wrong, f"{len(wrong)} of {len(cases)} cases differ:\n" + "\n".join(wrong[:20])


def _differences_in_every_order(case: dict[str, Any]) -> set[str]:
    differences = dict(_differences(case, _answer(case)))
    for seed in range(_ORDERS):
        if not differences:
            break
        still = dict(_differences(case, _answer(_shuffled(case, random.Random(seed)))))
        differences = {where: text for where, text in differences.items() if where in still}
    return set(differences.values())


def _cases(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _answer(case: dict[str, Any]) -> dict[str, Any]:
    asked = {key: case[key] for key in ("provider", "message", "config", "metadata")}
    (line,) = explain([json.dumps(asked).encode()])
    answer: dict[str, Any] = json.loads(line)
    return answer


def _shuffled(value: Any, randomly: random.Random) -> Any:
    """`value` with keys in another order, but for numbers, which JavaScript takes first and in order."""
    if isinstance(value, list):
        return [_shuffled(item, randomly) for item in value]
    if not isinstance(value, dict):
        return value
    others = [key for key in value if not key.isdecimal()]
    randomly.shuffle(others)
    keys = [*(key for key in value if key.isdecimal()), *others]
    return {key: _shuffled(value[key], randomly) for key in keys}


def _differences(case: dict[str, Any], answer: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(place, what was wanted and given there) of everything in which `answer` is not `case`'s output."""
    if "error" in case or "error" in answer:
        if case.get("error") != answer.get("error"):
            yield "error", f"error: want {case.get('error', _NOTHING)}, got {answer.get('error', _NOTHING)}"
        return
    tables = [[row["metadata"]["table"] for row in rows["output"]] for rows in (case, answer)]
    if tables[0] != tables[1]:
        yield "tables", f"tables: want {tables[0]}, got {tables[1]}"
        return
    dated = "receivedAt" in case["message"]
    for rows in zip(case["output"], answer["output"], strict=True):
        want, got = (_cells(row, dated) for row in rows)
        for cell in want.keys() | got.keys():
            values = want.get(cell, _NOTHING), got.get(cell, _NOTHING)
            if values[0] != values[1]:
                where = f"{rows[0]['metadata']['table']} {cell}"
                yield where, f"{where}: want {values[0]!r}, got {values[1]!r}"


def _cells(row: dict[str, Any], dated: bool) -> dict[str, Any]:
    """Everything a row says, as one flat mapping."""
    metadata = row["metadata"]
    cells = {f"type of {column}": kind for column, kind in metadata["columns"].items()}
    cells |= {column: _masked(column, value, dated) for column, value in row["data"].items()}
    return {**cells, "receivedAt": metadata["receivedAt"] if dated else "(masked)"}


def _masked(column: str, value: Any, dated: bool) -> Any:
    if isinstance(value, str) and value.startswith("auto-") and column.lower() == "id":
        return "(masked)"
    if column.lower() == "received_at" and not dated:
        return "(masked)"
    if isinstance(value, str) and value[:1] in ("{", "["):
        return _parsed(value)
    return value


def _parsed(text: str) -> Any:
    """JSON text means the same in any order of its keys."""
    try:
        return json.loads(text)
    except ValueError:
        return text
