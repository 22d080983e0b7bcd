from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mainstem.errors import UsageError
from mainstem.load.backfill.reading import format_of, read_file

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.load.backfill import Format


def events(path: Path, kind: Format) -> list[dict[str, Any] | None]:
    return [found.event for found in read_file(path, kind)]


def test_lines_of_json_are_events_packed_or_not_and_blank_ones_are_none(tmp_path: Path) -> None:
    text = b'{"type":"page"}\n\n{"type":"track"}'
    (tmp_path / "a").write_bytes(text)
    (tmp_path / "b").write_bytes(gzip.compress(text[:17]) + gzip.compress(text[17:]))
    for name in ("a", "b"):
        assert events(tmp_path / name, "ndjson") == [{"type": "page"}, {"type": "track"}]


@pytest.mark.parametrize("line", [b"{", b"7", b'"x"', b"\xff\xfe", b"[" * 100_000])
def test_a_line_that_is_no_event_is_told_by_number_and_stops_nothing(tmp_path: Path, line: bytes) -> None:
    (tmp_path / "a").write_bytes(b'{"a":1}\n' + line + b'\n{"a":2}\n')
    first, second, third = read_file(tmp_path / "a", "segment")
    assert (first.event, third.event) == ({"a": 1}, {"a": 2})
    assert (second.line, second.event) == (2, None)
    assert second.problem


def test_a_rudderstack_backup_holds_events_or_batches_within_jobs(tmp_path: Path) -> None:
    lines = [
        {"type": "track", "payload": {"is": "a property here"}},
        {"userId": "u", "payload": {"type": "page", "receivedAt": "then"}, "createdAt": "later"},
        {"payload": {"batch": [{"type": "a"}, 7], "requestIP": "1.2.3.4"}, "createdAt": "2025-01-01"},
    ]
    (tmp_path / "a").write_text("\n".join(map(json.dumps, lines)))
    found = list(read_file(tmp_path / "a", "rudderstack"))
    assert [one.event for one in found] == [
        lines[0],
        {"receivedAt": "then", "type": "page"},
        {"receivedAt": "2025-01-01", "request_ip": "1.2.3.4", "type": "a"},
        None,
    ]
    assert [one.line for one in found] == [1, 2, 3, 3]


def test_columns_become_fields_objects_properties_and_traits(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        "type,userId,message_id,context.ip,context.page.path,properties,price\n"
        'track,u1,m1,1.2.3.4,/x,"{""colour"": ""red""}",2.5\n'
        "identify,u2,m2,,,,3\n",
        encoding="utf-8-sig",
    )
    assert events(tmp_path / "a.csv", "csv") == [
        {
            "type": "track",
            "userId": "u1",
            "messageId": "m1",
            "context": {"ip": "1.2.3.4", "page": {"path": "/x"}},
            "properties": {"price": "2.5", "colour": "red"},
        },
        {"type": "identify", "userId": "u2", "messageId": "m2", "traits": {"price": "3"}},
    ]


def test_a_row_of_another_length_is_told_and_the_next_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('type,event\ntrack\ntrack,"two\nlines"\n')
    first, second = read_file(tmp_path / "a.csv", "csv")
    assert (first.line, first.problem) == (2, "1 fields, and the header names 2")
    assert second.event == {"type": "track", "event": "two\nlines"}


def test_parquet_keeps_types_and_structs(tmp_path: Path) -> None:
    moment = pa.array([datetime(2025, 1, 2, 3, 4, 5, 678_000, UTC)], pa.timestamp("us", "UTC"))
    table = pa.table(
        {
            "type": ["track"],
            "original_timestamp": moment,
            "context": [{"ip": "1.2.3.4", "none": None}],
            "amount": [Decimal("1.50")],
            "count": [7],
            "tags": [["a", "b"]],
            "absent": pa.array([None], pa.string()),
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    assert events(tmp_path / "a.parquet", "parquet") == [
        {
            "type": "track",
            "originalTimestamp": "2025-01-02T03:04:05.678Z",
            "context": {"ip": "1.2.3.4"},
            "properties": {"amount": 1.5, "count": 7, "tags": ["a", "b"]},
        }
    ]


@pytest.mark.parametrize(
    ("name", "content", "kind", "says"),
    [
        ("a.csv", b"event\nx\n", "csv", "no column `type`.*its columns are: event"),
        ("a.csv", b"", "csv", "its columns are: none"),
        ("a.csv", b"type,user_id,userId\n", "csv", "two columns say the same: userId"),
        ("a.csv", b"type\n\xff\n", "csv", "a.csv:.*UTF-8"),
        ("a.parquet", b"PAR1 not", "parquet", "no Parquet file"),
        ("a.gz", gzip.compress(b'{"a":1}\n' * 1000, mtime=0)[:-12], "ndjson", "cannot be read to its end"),
    ],
)
def test_a_file_that_holds_no_events_says_why(
    tmp_path: Path, name: str, content: bytes, kind: Format, says: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UsageError, match=says):
        events(tmp_path / name, kind)


def test_a_name_tells_the_format_or_the_formats_are_named(tmp_path: Path) -> None:
    names = ("a.parquet", "a.CSV.gz", "a.ndjson", "a.jsonl.gz", "a.json")
    assert [format_of(tmp_path / name) for name in names] == ["parquet", "csv", "ndjson", "ndjson", "ndjson"]
    with pytest.raises(UsageError, match="segment"):
        format_of(tmp_path / "a.dat")
