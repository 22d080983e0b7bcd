"""A file that grows by any pieces, read after each, ends as one that was read once."""

from __future__ import annotations

import csv
import io
import tempfile
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from hypothesis import example, given
from hypothesis import strategies as st

from mainstem.connectors import Asked, Opening
from mainstem.connectors.files import KIND
from mainstem.connectors.files.settings import FilesSettings, FileTable
from mainstem.saas import MemoryBudget, Patience
from mainstem.testing.connectors import StillClock

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mainstem.connectors import Page

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=12)
ROWS = st.lists(st.tuples(TEXT, TEXT), max_size=12)
JUNK = st.sampled_from([b"", b'"', b"one field\n", b"\xff\n", b'a,"b"c\n', b"\n", b"1,2,3\n"])
Key = tuple[str, int]


class Kept:
    """What pages say, as it would stand in tables."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._position: Mapping[str, Any] | None = None
        self.tables: dict[str, dict[Key, Any]] = {"t": {}, "t_rejected": {}, "t_file": {}}

    def read(self, pages: int = 1_000_000) -> None:
        """So many pages; what comes behind the last with a position is lost, as when a process dies."""
        clock = StillClock()
        settings = FilesSettings(
            type="files",
            location=str(self._folder),
            tables={"t": FileTable(files="*.csv", format="csv", header=False, names=("a", "b"), nulls=())},
            page_rows=2,
        )
        opening = Opening("f", settings, MemoryBudget(clock), clock, self._folder, Patience(), self._folder)
        connector = KIND.open(opening)
        (stream,) = connector.streams()
        waiting: list[Page] = []
        for page in islice(connector.read(stream, Asked(self._position)), pages):
            waiting.append(page)
            if page.position is not None:
                for one in waiting:
                    self._apply(one)
                waiting = []
                self._position = msgspec.json.decode(msgspec.json.encode(page.position))

    def _apply(self, page: Page) -> None:
        for name, owners in page.owners.items():
            kept = self.tables[name]
            self.tables[name] = {key: row for key, row in kept.items() if key[0] not in owners}
        for name, gone in page.gone.items():
            for row in gone:
                self.tables[name].pop(_key(row), None)
        for name, rows in page.rows.items():
            self.tables[name] |= {_key(row): row for row in rows}

    def facts(self) -> dict[str, Any]:
        rows = {key: (row["a"], row["b"]) for key, row in self.tables["t"].items()}
        bad = {key: row["reason"] for key, row in self.tables["t_rejected"].items()}
        counts = [(row["lines"], row["rejected"]) for row in self.tables["t_file"].values()]
        return {"rows": rows, "rejected": bad, "counts": counts}


def _key(row: Mapping[str, Any]) -> Key:
    return row["_file"], row.get("_line", 0)


@given(ROWS, JUNK, ROWS, st.lists(st.tuples(st.integers(0, 200), st.integers(1, 9)), max_size=5))
@example([], b"\xff\n", [("", "")], [(0, 1), (3, 1)])
@example([("a\nb\x80", "c")], b"", [], [(6, 9), (7, 2)])
@example([("a\nb", "c")], b"", [], [(4, 9), (6, 2)])
def test_any_pieces_come_to_the_same(
    first: list[tuple[str, str]], junk: bytes, second: list[tuple[str, str]], cuts: list[tuple[int, int]]
) -> None:
    whole = _written(first) + junk + _written(second)
    with tempfile.TemporaryDirectory() as once, tempfile.TemporaryDirectory() as often:
        (Path(once) / "a.csv").write_bytes(whole)
        expected = Kept(Path(once))
        expected.read()
        grown = Kept(Path(often))
        for end, pages in sorted(cuts):
            (Path(often) / "a.csv").write_bytes(whole[:end])
            grown.read(pages)
        (Path(often) / "a.csv").write_bytes(whole)
        grown.read()
        assert grown.facts() == expected.facts()


@given(ROWS)
def test_what_was_written_as_csv_is_read(rows: list[tuple[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "a.csv").write_bytes(_written(rows))
        kept = Kept(Path(folder))
        kept.read()
        assert list(kept.facts()["rows"].values()) == rows
        assert not kept.facts()["rejected"]


def _written(rows: list[tuple[str, str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(rows)
    return text.getvalue().encode()
