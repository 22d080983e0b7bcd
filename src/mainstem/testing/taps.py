"""Taps of tests: written into a folder, opened as a connector, synced into a warehouse in memory."""

from __future__ import annotations

import json
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from mainstem.config import parse_config
from mainstem.connectors import Opening, find_kind
from mainstem.connectors.landing import Landing
from mainstem.connectors.run import Sync, SyncResult, Wanted
from mainstem.connectors.settings import read_connectors
from mainstem.saas import MemoryBudget, Patience
from mainstem.testing import scripted_tap
from mainstem.testing.connectors import RecordingLedger, StillClock
from mainstem.testing.toml import toml_table
from mainstem.testing.warehouse import MemoryWarehouse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mainstem.connectors import Connector

NAME = "things"
HELP = "usage: tap [--config CONFIG] [--state STATE] [--catalog CATALOG] [-p PROPERTIES] [--properties P]"


def executable(folder: Path, program: str) -> Path:
    """The source of a Python program as a command of its own; it starts fast, with the standard library."""
    path = folder / "tap"
    path.write_text(f"#!{sys.executable} -IS\n{Path(program).read_text(encoding='utf-8')}", encoding="utf-8")
    path.chmod(0o755)
    return path


def stream(
    name: str = "orders", keys: Sequence[str] = ("id",), root: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """An entry of a catalog, with fields of each kind."""
    properties = {
        "id": {"type": "integer"},
        "text": {"type": ["null", "string"]},
        "price": {"type": ["null", "number"]},
        "at": {"type": ["null", "string"], "format": "date-time"},
        "lines": {"type": ["null", "array"], "items": {"type": "object"}},
    }
    crumbs = [
        {
            "breadcrumb": ["properties", field],
            "metadata": {"inclusion": "automatic" if field in keys else "available"},
        }
        for field in properties
    ]
    metadata = [{"breadcrumb": [], "metadata": {"table-key-properties": list(keys), **(root or {})}}, *crumbs]
    schema = {"type": "object", "properties": properties}
    return {"tap_stream_id": name, "stream": name, "schema": schema, "metadata": metadata}


def schema(
    name: str = "orders", keys: Sequence[str] = ("id",), more: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    found = {**stream(name)["schema"]["properties"], **(more or {})}
    return {
        "type": "SCHEMA",
        "stream": name,
        "schema": {"type": "object", "properties": found},
        "key_properties": list(keys),
    }


def record(number: int, name: str = "orders", version: int | None = None, **fields: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"type": "RECORD", "stream": name, "record": {"id": number, **fields}}
    return found if version is None else {**found, "version": version}


def state(**bookmarks: Any) -> dict[str, Any]:
    return {"type": "STATE", "value": {"bookmarks": bookmarks}}


class TapScene:
    """A scripted tap, and the warehouse that it is read into."""

    def __init__(self, folder: Path, *streams: Mapping[str, Any]) -> None:
        self.folder = folder
        self.tap = folder / "program"
        self.tap.mkdir()
        self.command = executable(self.tap, scripted_tap.__file__)
        self.discovers(*(streams or (stream(),)))
        self.helps(HELP)
        self.warehouse = MemoryWarehouse()
        self.clock = StillClock()
        self.ledger = RecordingLedger()
        self.settings: dict[str, Any] = {"executable": str(self.command)}

    def discovers(self, *streams: Mapping[str, Any]) -> None:
        (self.tap / "catalog.json").write_text(json.dumps({"streams": streams}), encoding="utf-8")

    def helps(self, text: str) -> None:
        (self.tap / "help.txt").write_text(text, encoding="utf-8")

    def does(self, *runs: Sequence[Mapping[str, Any]]) -> None:
        """Steps of its runs from now on; the last again and again."""
        (self.tap / "script.json").write_text(json.dumps(runs), encoding="utf-8")
        (self.tap / "called.jsonl").unlink(missing_ok=True)

    def called(self) -> list[dict[str, Any]]:
        path = self.tap / "called.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def opened(self) -> Connector:
        text = toml_table(f"connectors.{NAME}", {"type": "singer", **self.settings})
        settings = read_connectors(parse_config(self.folder / "mainstem.toml", text, {}))[NAME]
        return find_kind("singer").open(
            Opening(
                NAME,
                settings,
                MemoryBudget(self.clock),
                self.clock,
                self.folder / "own",
                Patience(),
                self.folder,
            )
        )

    def sync(self, wanted: Wanted | None = None, rows_a_commit: int = 20_000) -> SyncResult:
        self.clock.advance(60)
        with closing(self.opened()) as connector:
            landing = Landing(self.warehouse, NAME, self.clock)
            sync = Sync(NAME, connector, landing, self.ledger, self.clock, rows_a_commit=rows_a_commit)
            return sync.run(wanted or Wanted(*self._choice()))

    def _choice(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        return tuple(self.settings.get("streams", ())), tuple(self.settings.get("without", ()))

    def problem(self, wanted: Wanted | None = None) -> str:
        """Why the one stream failed."""
        result = self.sync(wanted)
        assert result.state == "failed", result  # noqa: S101 # asserting is what it is for
        return result.streams[0].problem

    def rows(self, table: str = "orders", *, deleted: bool = False) -> list[dict[str, Any]]:
        """As they stand, by key, without what every table has."""
        if table not in self.warehouse.columns(NAME):
            return []
        name = self.warehouse.capabilities.qualified(NAME, table)
        mark = "" if deleted else "NOT "
        found = self.warehouse.query(f"SELECT * FROM {name} WHERE {mark}_fivetran_deleted ORDER BY _key")  # noqa: S608 # quoted
        return [
            {key: value for key, value in row.items() if not key.startswith("_")} for row in found.to_pylist()
        ]

    def ids(self, table: str = "orders", *, deleted: bool = False) -> list[int]:
        return [row["id"] for row in self.rows(table, deleted=deleted)]

    def state(self, stream: str = "orders") -> Any:
        """The tap's own, as it was committed last."""
        found = Landing(self.warehouse, NAME, self.clock).state(stream).position
        return None if found is None else msgspec.to_builtins(found).get("state")

    def close(self) -> None:
        self.warehouse.close()
