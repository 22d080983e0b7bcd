"""Events of the log on their way to a reader: where to begin, and each as a line.

A record that cannot be shown is named on stderr and the rest are shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import msgspec

from mainstem.errors import UsageError
from mainstem.events import decode_received, enriched

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import BinaryIO

    from mainstem.log import LogReader, SegmentReport

    Place = tuple[str, int]
    Show = Callable[[Place, bytes], bytes]

READ_BYTES = 4 * 1024 * 1024


def offsets_of(reader: LogReader, begins: tuple[str, ...]) -> dict[str, int]:
    """Where each named partition is to begin."""
    partitions = reader.partitions()
    offsets: dict[str, int] = {}
    for begin in begins:
        partition, _, offset = begin.rpartition(":")
        if not (offset.isascii() and offset.isdigit()):
            raise UsageError(
                f"--from {begin}: an offset is a whole number, as `mainstem log list` shows them"
            )
        if not partition:
            if len(partitions) != 1:
                raise UsageError(
                    f"--from {begin}: write PARTITION:{offset}; the partitions are: "
                    + (", ".join(partitions) or "none yet")
                )
            partition = partitions[0]
        reader.end(partition)  # names the known ones if this is none
        offsets[partition] = int(offset)
    return offsets


def last_offsets(
    segments: Callable[[], Sequence[SegmentReport]], reader: LogReader, last: int, but: frozenset[str]
) -> dict[str, int]:
    """Where the last so many events of each partition begin, `but` for those; only as many segments are read
    as hold them."""
    ends = {partition: reader.end(partition) for partition in reader.partitions() if partition not in but}
    if last == 0:
        return ends
    held_in = segments()
    found: dict[str, int] = {}
    for partition in ends:
        held: list[int] = []
        own = [one for one in held_in if (one.stream, one.partition) == ("events", partition)]
        for segment in sorted(own, key=lambda one: one.start, reverse=True):
            held = [*_addresses(reader, segment), *held]
            if len(held) >= last:
                break
        if held:
            found[partition] = held[-last:][0]
    return found


def _addresses(reader: LogReader, segment: SegmentReport) -> list[int]:
    """Of the records in a segment."""
    offset, found = segment.start, list[int]()
    while offset < segment.end:
        batch = reader.read(segment.partition, offset, READ_BYTES)
        found += [at for at, _ in batch.records if at < segment.end]
        if batch.next_offset == offset:
            break
        offset = batch.next_offset
    return found


def print_new(reader: LogReader, offsets: dict[str, int], out: BinaryIO, show: Show) -> bool:
    """Print what is durable now and was not printed, and move `offsets` on; False if some could not be."""
    sound = True
    for partition in reader.partitions():
        begin = offsets.get(partition, reader.start(partition))
        for records, after in _batches(reader, partition, begin):
            lines = []
            for at, payload in records:
                try:
                    lines.append(show((partition, at), payload))
                except (msgspec.MsgspecError, ValueError, OverflowError, RecursionError) as e:
                    click.echo(f"mainstem: {partition}:{at}: this record is no event: {e}", err=True)
                    sound = False
            out.write(b"".join(lines))
            out.flush()
            offsets[partition] = after
    return sound


def _batches(reader: LogReader, partition: str, offset: int) -> Iterator[tuple[list[tuple[int, bytes]], int]]:
    """Up to the end as it is now, so that this ends however fast the log grows."""
    end = reader.end(partition)
    while True:
        batch = reader.read(partition, offset, READ_BYTES)
        yield batch.records, batch.next_offset
        offset = batch.next_offset
        if offset >= end:
            return


def as_json_line(place: Place, payload: bytes) -> bytes:
    return msgspec.json.encode(enriched(decode_received(payload))) + b"\n"


def as_text_line(place: Place, payload: bytes) -> bytes:
    record = decode_received(payload)
    event = enriched(record)
    who = f"{event.get('userId') or '-'}/{event.get('anonymousId') or '-'}"
    name = event.get("event") or event.get("name") or "-"
    cells = (
        f"{place[0]}:{place[1]}",
        record.received_at,
        record.source_id,
        event.get("type", "-"),
        name,
        who,
    )
    return ("  ".join(_printable(cell) for cell in cells) + "\n").encode()


def _printable(value: object) -> str:
    """What senders wrote must not steer the terminal."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in str(value))
