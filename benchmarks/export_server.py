"""`python -m benchmarks.export_server FOLDER`: the web server over tables of known length, to be exported.

The pages, the way to the warehouse and the files are the product's; the rows are made by DuckDB as they are
read, in this process as those of a lake are. `FOLDER/token` is an API token for it.
"""

from __future__ import annotations

import sys
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from benchmarks.processes import peak_rss_bytes, running
from mainstem.query.answers import Answers
from mainstem.query.connections import Connections
from mainstem.query.warehouse_explorer import WarehouseExplorers
from mainstem.semantics import load_project
from mainstem.supervise import ChildSpec, notify_ready
from mainstem.testing.memory_accounts import MemoryAccounts
from mainstem.testing.warehouse import MemoryWarehouse
from mainstem.web import Services, WebSettings, build_app, load_assets, serve
from mainstem.web.auth import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

SIZES = (1_000, 100_000, 1_000_000)
"""Explores, each called `rows_<size>`."""
WAREHOUSE_MB = 64
"""What DuckDB may hold, as `memory_limit` bounds it for a lake: it sorts all rows before the first is sent,
and writes to disk what does not fit."""
FIELDS = ("id", "at_time", "who", "paid", "note")
_VIEW = """
view: rows_{size} {{
  derived_table: {{ sql:
    SELECT range AS id, TIMESTAMP '2026-01-01' + range * INTERVAL 1 SECOND AS at,
      'person ' || range AS who, range / 7 AS paid, repeat('x', 40) AS note FROM range({size}) ;;
  }}
  dimension: id {{ primary_key: yes type: number }}
  dimension_group: at {{ type: time timeframes: [time] }}
  dimension: who {{}}
  dimension: paid {{ type: number value_format_name: decimal_2 }}
  dimension: note {{}}
}}
explore: rows_{size} {{}}
"""


@dataclass(frozen=True)
class ExportServer:
    pid: int
    url: str
    token: str

    def export(self, size: int, form: str) -> int:
        """Take the whole file of so many rows, and keep nothing of it; its bytes. Raises OSError for an
        answer other than 200, IncompleteRead for a file that broke off."""
        names = ",".join(f"rows_{size}.{field}" for field in FIELDS)
        path = f"/explore/m/rows_{size}/download/{form}?fields={names}&rows=all"
        connection = HTTPConnection(urlsplit(self.url).netloc, timeout=600)
        with closing(connection):
            connection.request("GET", path, headers={"Authorization": f"Bearer {self.token}"})
            answer = connection.getresponse()
            if answer.status != 200:
                raise OSError(f"{path} answered {answer.status}: {answer.read()[:300]!r}")
            taken = 0
            while piece := answer.read(1 << 16):
                taken += len(piece)
        return taken

    def growth(self, size: int, form: str) -> int:
        """By how many bytes the most memory it ever had has grown while it made that file."""
        before = peak_rss_bytes(self.pid)
        self.export(size, form)
        return peak_rss_bytes(self.pid) - before


@contextmanager
def export_server(scratch: Path) -> Iterator[ExportServer]:
    """Running, and warm: each format has been asked for once."""
    command = (sys.executable, "-m", "benchmarks.export_server", str(scratch))
    with running(ChildSpec("export-server", command), scratch) as child:
        server = ExportServer(child.pid, child.status, (scratch / "token").read_text(encoding="utf-8"))
        for form in ("csv", "json", "xlsx"):
            server.export(SIZES[0], form)
        yield server


def main(folder: Path) -> None:
    """Serve on a free port until SIGTERM."""
    lookml = folder / "lookml"
    lookml.mkdir()
    (lookml / "m.model.lkml").write_text("".join(_VIEW.format(size=size) for size in SIZES), encoding="utf-8")
    project, kept = load_project(lookml), MemoryAccounts()
    (folder / "token").write_text(kept.api_token("ada@example.org", Role.EXPLORER), encoding="utf-8")
    with closing(MemoryWarehouse()) as warehouse:
        with warehouse.transaction("bounds") as transaction:
            transaction.query(f"SET memory_limit = '{WAREHOUSE_MB}MB'")
            transaction.query(f"SET temp_directory = '{folder / 'spill'}'")
        explorers = WarehouseExplorers(
            lambda: project,
            Connections(warehouse),
            lambda: datetime.now(UTC),
            Answers(64 << 20, at_once=4, seconds=60.0),
        )
        services = Services(explorers, "benchmark", accounts=kept.accounts)
        settings = WebSettings(port=0)
        serve(build_app(services, settings, load_assets(folder / "assets")), settings, notify_ready)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
