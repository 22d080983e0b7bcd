"""Rows and records that wait for each other while a plan is made, in a file: a plan of a million rows needs
no memory for them. It is thrown away with its folder."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import msgspec

from mainstem.activate.contract import Target
from mainstem.activate.deciding import Acknowledged
from mainstem.activate.mapping import Wanted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_AT_ONCE = 2000
_WANTED = msgspec.msgpack.Decoder(Wanted)
_HELD = msgspec.msgpack.Decoder(Acknowledged)
_TARGET = msgspec.msgpack.Decoder(Target)


class Staging:
    def __init__(self, file: Path) -> None:
        self._at = sqlite3.connect(file, isolation_level=None)
        self._at.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN;"
            "CREATE TABLE source (key TEXT, compared TEXT, wanted BLOB);"
            "CREATE TABLE rows (key TEXT PRIMARY KEY, wanted BLOB, held BLOB) WITHOUT ROWID;"
            "CREATE TABLE targets (key TEXT, target BLOB)"
        )
        self._rows: list[tuple[str, bytes | None, bytes | None]] = []
        self._held: list[tuple[bytes | None, str]] = []

    def want(self, rows: Iterable[tuple[str, Wanted]]) -> None:
        """Every row of the source, in any order, with what its key is compared by."""
        self._at.executemany(
            "INSERT INTO source VALUES (?, ?, ?)",
            ((one.key, compared, msgspec.msgpack.encode(one)) for compared, one in rows),
        )
        self._at.execute("CREATE INDEX source_key ON source (key)")
        self._at.execute("CREATE INDEX source_compared ON source (compared, key)")

    def in_order(self) -> Iterator[tuple[Wanted, bool]]:
        """The source's rows by key, byte for byte, and whether one before has the same."""
        rows = self._at.execute(
            "SELECT wanted, EXISTS (SELECT 1 FROM source AS other WHERE other.compared = source.compared "
            "AND (other.key, other.rowid) < (source.key, source.rowid)) FROM source ORDER BY key, rowid"
        )
        return ((_WANTED.decode(wanted), bool(repeats)) for wanted, repeats in rows)

    def add(self, key: str, wanted: Wanted | None, held: Acknowledged | None) -> None:
        self._rows.append((key, _encoded(wanted), _encoded(held)))
        if len(self._rows) >= _AT_ONCE:
            self._flush()

    def spelled(self, compared: str) -> str | None:
        """The key of the source's row that is compared by this; the first, if it stands twice."""
        found = self._at.execute(
            "SELECT key FROM source WHERE compared = ? ORDER BY key, rowid LIMIT 1", (compared,)
        ).fetchone()
        return found[0] if found else None

    def hold(self, key: str, held: Acknowledged) -> None:
        """What is held of the row of this key, where nothing is yet: it was held by another spelling."""
        self._held.append((_encoded(held), key))

    def keys(self) -> list[str]:
        self._flush()
        return [key for (key,) in self._at.execute("SELECT key FROM rows ORDER BY key")]

    def found(self, targets: Iterable[Target]) -> None:
        """Records, in any order."""
        self._at.executemany(
            "INSERT INTO targets VALUES (?, ?)", ((one.key, msgspec.msgpack.encode(one)) for one in targets)
        )
        self._at.execute("CREATE INDEX targets_key ON targets (key)")

    def joined(self) -> Iterator[tuple[Wanted | None, Acknowledged | None, list[Target]]]:
        """Every row with the records found for it, by key."""
        self._flush()
        self._at.executemany("UPDATE rows SET held = ? WHERE key = ? AND held IS NULL", self._held)
        rows = self._at.execute("SELECT key, wanted, held FROM rows ORDER BY key")
        for key, wanted, held in rows:
            targets = self._at.execute("SELECT target FROM targets WHERE key = ?", (key,)).fetchall()
            yield (
                _WANTED.decode(wanted) if wanted else None,
                _HELD.decode(held) if held else None,
                [_TARGET.decode(target) for (target,) in targets],
            )

    def close(self) -> None:
        self._at.close()

    def _flush(self) -> None:
        self._at.executemany("INSERT INTO rows VALUES (?, ?, ?)", self._rows)
        self._rows = []


def _encoded(value: Wanted | Acknowledged | None) -> bytes | None:
    return None if value is None else msgspec.msgpack.encode(value)
