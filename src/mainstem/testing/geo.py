"""Write a small database in MaxMind's format: IPv6 tree, string keys, the few types that places need.

The layout is the published one (MaxMind DB File Format 2.0). It writes no pointers and shares no data, so
that it stays small enough to check by eye.
"""

from __future__ import annotations

import struct
from ipaddress import ip_network
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_MARKER = b"\xab\xcd\xefMaxMind.com"
_TEXT, _DOUBLE, _UINT16, _UINT32, _MAP, _UINT64, _ARRAY = 2, 3, 5, 6, 7, 9, 11


def write_geo_database(file: Path, places: Mapping[str, Any], kind: str = "GeoLite2-City") -> Path:
    """`places`: network → record. IPv4 networks stand where the format puts them, under `::/96`."""
    nodes: list[list[Any]] = [[None, None]]
    for network, record in places.items():
        parsed = ip_network(network)
        bits = int(parsed.network_address)
        length = parsed.prefixlen + (96 if parsed.version == 4 else 0)
        at = 0
        for place in range(length - 1):
            side = (bits >> (127 - place)) & 1
            if nodes[at][side] is None:
                nodes.append([None, None])
                nodes[at][side] = len(nodes) - 1
            at = nodes[at][side]
        nodes[at][(bits >> (128 - length)) & 1] = _encoded(record)
    tree, data = b"", b""
    for node in nodes:
        for child in node:
            if isinstance(child, bytes):
                pointer = len(nodes) + 16 + len(data)
                data += child
            else:
                pointer = len(nodes) if child is None else child
            tree += struct.pack(">I", pointer)
    facts = {
        "binary_format_major_version": (_UINT16, 2),
        "binary_format_minor_version": (_UINT16, 0),
        "build_epoch": (_UINT64, 1_700_000_000),
        "database_type": kind,
        "description": {"en": "made for tests"},
        "ip_version": (_UINT16, 6),
        "languages": ["en"],
        "node_count": (_UINT32, len(nodes)),
        "record_size": (_UINT16, 32),
    }
    file.write_bytes(tree + bytes(16) + data + _MARKER + _encoded(facts))
    return file


def _encoded(value: Any) -> bytes:
    if isinstance(value, str):
        text = value.encode()
        return _control(_TEXT, len(text)) + text
    if isinstance(value, float):
        return _control(_DOUBLE, 8) + struct.pack(">d", value)
    if isinstance(value, tuple):
        kind, number = value
        written: bytes = number.to_bytes((number.bit_length() + 7) // 8, "big")
        return _control(kind, len(written)) + written
    if isinstance(value, list):
        return _control(_ARRAY, len(value)) + b"".join(map(_encoded, value))
    pairs = b"".join(_encoded(key) + _encoded(item) for key, item in value.items())
    return _control(_MAP, len(value)) + pairs


def _control(kind: int, size: int) -> bytes:
    assert size < 285, "made for short things"  # noqa: S101 - tests write it, and see it
    extra = b"" if size < 29 else bytes([size - 29])
    size = min(size, 29)
    return (bytes([kind << 5 | size]) if kind < 8 else bytes([size, kind - 7])) + extra
