"""The byte layout, as the docstring of `mainstem.log.format` draws it."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

import pytest

from mainstem.errors import EnvironmentFailure, LogCorrupted
from mainstem.log.format import (
    FrameBuffer,
    encode_file_header,
    frame_bytes,
    frame_checks,
    frame_distance,
    frame_seed,
    records_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence


def encode_frame(groups: Sequence[Sequence[bytes]], seed: int) -> tuple[bytearray, list[int]]:
    frame, firsts = FrameBuffer(kept=1000).encode(groups, seed)
    return bytearray(frame), firsts


def test_the_file_header_is_laid_out_as_documented() -> None:
    header = encode_file_header(base=82, salt=7)
    assert header[:28] == b"MAINSTEM" + struct.pack("<IIQI", 1, 0, 82, 7)
    assert header[28:] == struct.pack("<I", zlib.crc32(header[:28]))


def test_a_frame_is_laid_out_as_documented() -> None:
    frame, firsts = encode_frame([[b"ab"], [b"", b"c"]], seed=5)
    body = struct.pack("<II", 2, 16) + b"ab" + struct.pack("<II", 0, 26) + struct.pack("<II", 1, 34) + b"c"
    head = b"\xf5MS\xfe" + struct.pack("<II", len(body), 3)
    assert frame == head + struct.pack("<I", zlib.crc32(body, zlib.crc32(head, 5))) + body
    assert firsts == [16, 26]


def test_a_frame_gives_back_its_records_with_their_addresses() -> None:
    frame, _ = encode_frame([[b"ab"], [b"", b"c"]], seed=5)
    assert records_of(bytes(frame), 1000) == [(1016, b"ab"), (1026, b""), (1034, b"c")]


def test_every_record_points_back_to_its_frame() -> None:
    frame, _ = encode_frame([[b"ab"], [b"", b"c"]], seed=5)
    assert [frame_distance(frame[at : at + 8]) for at in (16, 26, 34)] == [16, 26, 34]
    assert frame_distance(frame[:8]) is None


@pytest.mark.parametrize("at", range(52))
def test_a_frame_with_any_byte_changed_does_not_check(at: int) -> None:
    frame, _ = encode_frame([[b"some"], [b"payload..."], [b""]], seed=5)
    frame = frame[:52]
    frame[at] ^= 0x10
    size = frame_bytes(frame)
    assert size != len(frame) or not frame_checks(frame, 5)


@pytest.mark.parametrize("kept", [0, 40, 1000])
def test_a_frame_is_the_same_whatever_its_memory_held_before(kept: int) -> None:
    frames = FrameBuffer(kept)
    for groups in ([[b"long" * 9], [b"b"]], [[b"short"]], [[b"longer" * 9]], [[b"c", b"d"]]):
        frame, firsts = frames.encode(groups, seed=5)
        assert (bytearray(frame), firsts) == encode_frame(groups, seed=5)
        del frame


def test_a_frame_that_is_held_is_not_overwritten() -> None:
    frames = FrameBuffer(kept=1000)
    held, _ = frames.encode([[b"held"]], seed=5)
    frame, _ = frames.encode([[b"more"]], seed=5)
    assert (bytearray(held), bytearray(frame)) == (
        encode_frame([[b"held"]], seed=5)[0],
        encode_frame([[b"more"]], seed=5)[0],
    )


def test_a_frame_checks_in_its_own_file_only() -> None:
    frame, _ = encode_frame([[b"a"]], seed=5)
    assert frame_checks(frame, 5)
    assert not frame_checks(frame, 6)


def test_a_file_of_a_newer_format_is_refused_by_its_version() -> None:
    fields = b"MAINSTEM" + struct.pack("<IIQI", 2, 0, 0, 7)
    with pytest.raises(EnvironmentFailure, match="x has log format 2; this Mainstem reads format 1"):
        frame_seed(fields + struct.pack("<I", zlib.crc32(fields)), 0, "x")


def test_a_renamed_segment_is_recognised() -> None:
    with pytest.raises(LogCorrupted, match="the header says base 82"):
        frame_seed(encode_file_header(82, 7), 0, "x")
