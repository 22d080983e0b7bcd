"""Reading files of events, one after the other, each with the place it came from.

Every format yields the event as a sender would have sent it. What cannot be read is told with its line, and
does not stop those behind it. Whole files are never held in memory.
"""

from __future__ import annotations

import csv
import gzip
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args

import msgspec

from mainstem.errors import UsageError
from mainstem.load.backfill.columns import event_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

Format = Literal["ndjson", "parquet", "csv", "segment", "rudderstack"]
FORMATS: tuple[Format, ...] = get_args(Format)

_ENDINGS: dict[str, Format] = {
    ".parquet": "parquet",
    ".csv": "csv",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".json": "ndjson",
}
_LONGEST_LINE = 32 * 1024 * 1024
_PARQUET_ROWS = 1000
_GZIP = b"\x1f\x8b"
_decode = msgspec.json.Decoder().decode


class Found(NamedTuple):
    """One event, or why there is none at that place."""

    line: int
    """Of the text, or row of the table; from 1."""
    event: dict[str, Any] | None
    problem: str = ""


def format_of(path: Path) -> Format:
    """By the file's name. Raises UsageError where it says nothing."""
    name = path.name.lower().removesuffix(".gz")
    for ending, found in _ENDINGS.items():
        if name.endswith(ending):
            return found
    raise UsageError(f"{path} does not say by its name what it holds: give --format {'|'.join(FORMATS)}")


def read_file(path: Path, kind: Format) -> Iterator[Found]:
    """Raises UsageError when the file cannot be read, or its columns name no events."""
    try:
        yield from _READERS[kind](path)
    except FileNotFoundError as e:
        raise UsageError(f"there is no file {path}") from e
    except (OSError, EOFError, gzip.BadGzipFile) as e:
        raise UsageError(f"{path} cannot be read to its end: {e}") from e


def _ndjson(path: Path) -> Iterator[Found]:
    with _opened(path) as lines:
        for number, line in enumerate(_lines(lines), 1):
            if not line.strip():
                continue
            if len(line) > _LONGEST_LINE:
                yield Found(number, None, f"the line is longer than {_LONGEST_LINE} bytes")
                continue
            try:
                found = _decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as e:
                yield Found(number, None, f"no JSON: {e}")
                continue
            if isinstance(found, dict):
                yield Found(number, found)
            else:
                yield Found(number, None, "not a JSON object")


def _lines(file: Any) -> Iterator[bytes]:
    """Lines, of one that is too long its beginning only."""
    while line := file.readline(_LONGEST_LINE + 1):
        rest = line
        while len(rest) > _LONGEST_LINE and not rest.endswith(b"\n"):
            rest = file.readline(_LONGEST_LINE + 1)
        yield line


def _rudderstack(path: Path) -> Iterator[Found]:
    """Events as an object storage destination keeps them; or jobs as the server backs them up, whose
    `payload` is the event, or the batch that was sent."""
    for found in _ndjson(path):
        payload = found.event.get("payload") if found.event else None
        if found.event is None or not isinstance(payload, dict) or "type" in found.event:
            yield found
            continue
        received = payload.get("receivedAt") or found.event.get("createdAt")
        batch = payload.get("batch")
        beside = {"receivedAt": received, "request_ip": payload.get("request_ip") or payload.get("requestIP")}
        known = {name: value for name, value in beside.items() if value is not None}
        for event in batch if isinstance(batch, list) else [payload]:
            if isinstance(event, dict):
                yield Found(found.line, {**known, **event})
            else:
                yield Found(found.line, None, "an item of the batch is no JSON object")


def _csv(path: Path) -> Iterator[Found]:
    with _opened(path) as raw:
        rows = csv.reader(line.decode("utf-8-sig" if at == 0 else "utf-8") for at, line in enumerate(raw))
        try:
            names = next(rows, [])
            to_event = event_of(names, path)
            for row in rows:
                if not row:
                    continue
                if len(row) != len(names):
                    yield Found(rows.line_num, None, f"{len(row)} fields, and the header names {len(names)}")
                    continue
                values = {name: value for name, value in zip(names, row, strict=True) if value != ""}
                yield Found(rows.line_num, to_event(values))
        except (csv.Error, UnicodeDecodeError) as e:
            raise UsageError(f"{path}:{rows.line_num}: no CSV in UTF-8: {e}") from e


def _parquet(path: Path) -> Iterator[Found]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            to_event = event_of(file.schema_arrow.names, path)
            number = 0
            for batch in file.iter_batches(batch_size=_PARQUET_ROWS):
                for row in batch.to_pylist():
                    number += 1
                    yield Found(number, to_event({k: v for k, v in row.items() if v is not None}))
    except (pa.ArrowException, ValueError) as e:
        raise UsageError(f"{path} is no Parquet file that can be read: {e}") from e


def _opened(path: Path) -> Any:
    with path.open("rb") as file:
        is_gzip = file.read(2) == _GZIP
    return gzip.open(path, "rb") if is_gzip else path.open("rb")


_READERS: dict[Format, Callable[[Path], Iterator[Found]]] = {
    "ndjson": _ndjson,
    "parquet": _parquet,
    "csv": _csv,
    "segment": _ndjson,  # its archive keeps the events as its own API takes them
    "rudderstack": _rudderstack,
}
