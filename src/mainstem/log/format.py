"""The storage format: invariants, byte layout, and the functions that turn one into the other.

Invariants
----------
1.  A partition is one sequence of bytes, numbered from 0. An **address** is a position in it; an offset
    is the address of a frame, of a record, or the end. Nothing is ever moved to another address.
2.  A **segment** file holds the part that begins at its **base**, its name. It reaches to the base of the
    next segment, and the last one to the durable mark: bytes past that are no part of the log. So a
    failed write needs no repair: the next segment, named by the last durable address, cuts it off.
3.  A **frame** is one commit. It is written whole, then fdatasync runs, then its records are acknowledged,
    and only then the next frame is begun. So in a segment every frame but the last was once durable, a
    crash can tear the last alone, and a torn frame is none: a commit is there entirely or not at all.
4.  A segment whose header was not made durable, directory entry included, has no frames. After a failed
    write or fdatasync no byte is added to that segment. A writer adds only to segments it has created.
5.  The **durable mark** never passes an address that fdatasync has not covered. Readers stop at it.
6.  Bytes below the mark that do not check are damage, never skipped. So is a frame that does not check
    and is followed by one that does (by 3 it was durable once).
7.  A partition may lose its oldest segments, one after the other and each durably, as long as what is left
    begins with one that holds durable records. What was deleted is behind the consumed mark, and of
    accepted events behind the archived mark too, where there is an archive.

Layout (all integers little-endian)
-----------------------------------
`<data_dir>/log/<stream>/<partition>/`
    `lock`                       held with flock by the partition's one writer
    `durable`                    the mark: u64; may be older than the truth after a power failure, never newer
    `consumed`                   how far the loader has taken it: u64; may be older than the truth
    `roll`                       somebody asks the writer to begin a new segment; the writer removes it
    `files`                      held with flock by who deletes segments, or replaces one
    `archived`                   how far its segments have been archived: the same
    `<base, 20 digits>.segment`  a segment:

    file header, 32 bytes
        0   8  magic `MAINSTEM`
        8   4  version of the format: 1
        12  4  zero
        16  8  base address, as in the name
        24  4  salt, chosen at random for each file
        28  4  CRC-32 of bytes 0 to 28

    then frames without gaps; a frame is
        0   4  magic F5 4D 53 FE (as u32 above any length, so it cannot be taken for a record)
        4   4  length of the body
        8   4  number of records, at least 1
        12  4  CRC-32 of the body after bytes 0 to 12, begun with the file header's CRC, so that a frame
               copied from elsewhere, or written by a sender into a payload, does not check
        16     body: records

    a record is
        0   4  length of the payload
        4   4  distance back to the first byte of its frame, so that reading can begin at any record; bit 31
               is set where the record is erased
        8      payload; zeros where the record is erased

CRC-32 is zlib's (ISO 3309), computed by ISA-L: 75 GB/s over a frame where zlib itself reaches 5.8.
This module does no input or output.
"""

from __future__ import annotations

import struct
from io import BytesIO
from typing import TYPE_CHECKING

from isal.isal_zlib import crc32

from mainstem.errors import EnvironmentFailure, LogCorrupted

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

VERSION = 1
FILE_MAGIC = b"MAINSTEM"
FILE_HEADER_BYTES = 32
FRAME_MAGIC = b"\xf5MS\xfe"
FRAME_HEADER_BYTES = 16
RECORD_HEADER_BYTES = 8
MAX_BODY_BYTES = 2**31 - 1 - FRAME_HEADER_BYTES
"""So that every distance leaves bit 31 free."""
ERASED = 1 << 31
"""In the distance of a record that is erased."""

_FILE_HEADER = struct.Struct("<8sIIQI")
_FRAME_HEADER = struct.Struct("<4sII")
_RECORD_HEADER = struct.Struct("<II")
_CRC = struct.Struct("<I")
_CRC_AT = _FRAME_HEADER.size


def encode_file_header(base: int, salt: int) -> bytes:
    fields = _FILE_HEADER.pack(FILE_MAGIC, VERSION, 0, base, salt)
    return fields + _CRC.pack(crc32(fields))


def file_header_checks(header: bytes) -> bool:
    """Whether these bytes are a whole header, of whatever version and base."""
    if len(header) < FILE_HEADER_BYTES or not header.startswith(FILE_MAGIC):
        return False
    return bool(_CRC.unpack_from(header, 28)[0] == crc32(header[:28]))


def frame_seed(header: bytes, base: int, name: str) -> int:
    """What the CRC of every frame in this file begins with.

    Raises LogCorrupted when the header does not check or names another base, EnvironmentFailure when a
    newer version wrote the file.
    """
    if not file_header_checks(header):
        raise LogCorrupted(f"{name}, address {base}: the file header does not check")
    _, version, _, written_base, _ = _FILE_HEADER.unpack_from(header)
    if version != VERSION:
        raise EnvironmentFailure(f"{name} has log format {version}; this Mainstem reads format {VERSION}")
    if written_base != base:
        raise LogCorrupted(
            f"{name}, address {base}: the header says base {written_base}; was the file renamed?"
        )
    return int(_CRC.unpack_from(header, 28)[0])


class FrameBuffer:
    """Where frames are made, one after the other in the same memory: a fresh block for each would be filled a
    page fault at a time, 0.7 µs an event."""

    __slots__ = ("_buffer", "_kept")

    def __init__(self, kept: int) -> None:
        """Memory of more than `kept` bytes is given back with the frame it was taken for."""
        self._buffer = BytesIO()
        self._kept = kept

    def encode(self, groups: Sequence[Sequence[bytes]], seed: int) -> tuple[memoryview, list[int]]:
        """One frame with the records of every group, and where each group's first record stands in it.

        Payloads are copied once, into the frame. The next one overwrites it, unless somebody still holds it.
        """
        parts: list[bytes] = [bytes(FRAME_HEADER_BYTES)]
        firsts: list[int] = []
        position, count = FRAME_HEADER_BYTES, 0
        pack = _RECORD_HEADER.pack
        for group in groups:
            firsts.append(position)
            count += len(group)
            for payload in group:
                size = len(payload)
                parts += (pack(size, position), payload)
                position += RECORD_HEADER_BYTES + size
        frame = self._filled(parts)[:position]
        _FRAME_HEADER.pack_into(frame, 0, FRAME_MAGIC, position - FRAME_HEADER_BYTES, count)
        _CRC.pack_into(frame, _CRC_AT, _frame_crc(frame, seed))
        return frame, firsts

    def _filled(self, parts: Sequence[bytes]) -> memoryview:
        buffer = self._buffer
        try:
            buffer.seek(0)
            buffer.writelines(parts)
        except BufferError:  # held, as by the traceback of a write that failed
            buffer = BytesIO(b"".join(parts))
        view = buffer.getbuffer()
        self._buffer = buffer if len(view) <= self._kept else BytesIO()
        return view


def frame_bytes(header: bytes | bytearray) -> int | None:
    """Length of the whole frame that begins with this header; None when no frame begins so."""
    if len(header) < FRAME_HEADER_BYTES or not header.startswith(FRAME_MAGIC):
        return None
    _, body, count = _FRAME_HEADER.unpack_from(header)
    if count == 0 or not count * RECORD_HEADER_BYTES <= body <= MAX_BODY_BYTES:
        return None
    return FRAME_HEADER_BYTES + int(body)


def frame_checks(frame: bytes | bytearray | memoryview, seed: int) -> bool:
    return bool(_CRC.unpack_from(frame, _CRC_AT)[0] == _frame_crc(frame, seed))


def frame_distance(record_header: bytes | bytearray) -> int | None:
    """How far before a record its frame begins; None when these bytes cannot be a record's header."""
    if len(record_header) < RECORD_HEADER_BYTES or record_header.startswith(FRAME_MAGIC):
        return None
    return int(_RECORD_HEADER.unpack_from(record_header)[1]) & ~ERASED


def records_of(frame: bytes, address: int) -> list[tuple[int, bytes]]:
    """Address and payload of every record, but those that are erased, of a frame that checks and begins at
    `address`."""
    records: list[tuple[int, bytes]] = []
    unpack, position, end = _RECORD_HEADER.unpack_from, FRAME_HEADER_BYTES, len(frame)
    while position < end:
        begin = position + RECORD_HEADER_BYTES
        size, distance = unpack(frame, position)
        after = begin + size
        if distance < ERASED:
            records.append((address + position, frame[begin:after]))
        position = after
    return records


def record_addresses(frame: bytes, address: int) -> list[int]:
    """Where every record begins, the erased ones too."""
    addresses: list[int] = []
    position, end = FRAME_HEADER_BYTES, len(frame)
    while position < end:
        addresses.append(address + position)
        position += RECORD_HEADER_BYTES + int(_RECORD_HEADER.unpack_from(frame, position)[0])
    return addresses


def erased_frame(frame: bytes, address: int, erased: Collection[int], seed: int) -> bytes:
    """The frame that begins at `address`, of the same length, with the records at these addresses erased."""
    copy = bytearray(frame)
    for at in erased:
        position = at - address
        size, distance = _RECORD_HEADER.unpack_from(copy, position)
        _RECORD_HEADER.pack_into(copy, position, size, distance | ERASED)
        begin = position + RECORD_HEADER_BYTES
        copy[begin : begin + size] = bytes(size)
    _CRC.pack_into(copy, _CRC_AT, _frame_crc(copy, seed))
    return bytes(copy)


def _frame_crc(frame: bytes | bytearray | memoryview, seed: int) -> int:
    view = memoryview(frame)
    return crc32(view[FRAME_HEADER_BYTES:], crc32(view[:_CRC_AT], seed))
