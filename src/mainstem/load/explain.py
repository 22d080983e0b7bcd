"""`mainstem load explain`: show, case by case, what rows an event becomes.

One JSON line in, one JSON line out, whatever the line holds; a bad one is answered with its number, never
skipped. Arrays stay lists here: they become text only where they are stored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from mainstem.errors import TransformRejected
from mainstem.load.schema import PROVIDERS, EventMetadata, Options, Row, json_text, transform

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class _Case(msgspec.Struct, frozen=True):
    provider: str
    message: dict[str, Any]
    config: dict[str, Any] | None = None
    metadata: EventMetadata | None = None


_decoder = msgspec.json.Decoder(_Case)


def explain(lines: Iterable[bytes]) -> Iterator[str]:
    """Answer each line `{provider, message, config, metadata}` with a line `{output}` or `{error}`.

    `output` is a list of `{metadata: {table, columns, receivedAt}, data}`. `error` is the reason the event
    is rejected for, or `line N: …` where the line itself is wrong. Blank lines get no answer.
    """
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield json_text(_explained(line, number))


def _explained(line: bytes, number: int) -> dict[str, Any]:
    try:
        case = _decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as e:
        return {"error": f"line {number}: {e}"}
    provider = PROVIDERS.get(case.provider)
    if provider is None:
        known = ", ".join(sorted(PROVIDERS))
        return {"error": f"line {number}: no provider {case.provider!r} (valid: {known})"}
    try:
        rows = transform(
            case.message,
            provider=provider,
            options=Options.of_config(case.config),
            metadata=case.metadata,
        )
    except TransformRejected as e:
        return {"error": str(e)}
    return {"output": [_shown(row) for row in rows]}


def _shown(row: Row) -> dict[str, Any]:
    return {
        "metadata": {"table": row.table, "columns": row.columns, "receivedAt": row.received_at},
        "data": row.data,
    }
