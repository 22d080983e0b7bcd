"""Messages of Singer's specification, one a line: SCHEMA, RECORD, STATE, ACTIVATE_VERSION; BATCH is refused.

Knows the protocol alone: no catalog, no process, no table. A line that is no message is an error that says
which line it was and how it begins.
"""

from __future__ import annotations

from typing import Any

import msgspec

from mainstem.errors import TapFailed

_SHOWN = 120


class SchemaMessage(msgspec.Struct, tag="SCHEMA", frozen=True):
    """What rows of a stream look like from here on."""

    stream: str
    schema: dict[str, Any]
    key_properties: list[str] | None = None
    """Empty or None for rows that nothing tells apart."""
    bookmark_properties: list[str] | str | None = None


class RecordMessage(msgspec.Struct, tag="RECORD", frozen=True):
    stream: str
    record: dict[str, Any]
    version: int | None = None
    time_extracted: str | None = None


class StateMessage(msgspec.Struct, tag="STATE", frozen=True):
    """Covers every record before it. Only the tap knows what it means."""

    value: dict[str, Any]


class ActivateVersionMessage(msgspec.Struct, tag="ACTIVATE_VERSION", frozen=True):
    """Rows of the stream with another version are no more."""

    stream: str
    version: int


class BatchMessage(msgspec.Struct, tag="BATCH", frozen=True):
    stream: str


Message = SchemaMessage | RecordMessage | StateMessage | ActivateVersionMessage | BatchMessage
_decoder: msgspec.json.Decoder[Message] = msgspec.json.Decoder(Message)


def read_message(line: bytes, number: int) -> Message:
    """The message that a line is. Raises TapFailed for one that is none, and for BATCH."""
    try:
        message = _decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError) as e:
        begins = line[:_SHOWN].decode("utf-8", "replace").strip()
        raise TapFailed(f"line {number} of the tap's output is no Singer message: {e}: {begins!r}") from e
    if isinstance(message, BatchMessage):
        raise TapFailed(
            f"the tap sends BATCH for {message.stream}, which is not read: take batch_config out of its "
            "config, and it sends RECORD"
        )
    return message
