from __future__ import annotations

import asyncio
import random
import subprocess
import sys
from typing import TYPE_CHECKING

import psutil
import pytest

from mainstem.testing.gateway_process import WRITE_KEY, GatewayProcess
from mainstem.testing.senders import Ledger, senders_at_work

if TYPE_CHECKING:
    from pathlib import Path

MEGABYTE = 1024 * 1024
IDLE_CONNECTIONS = 64


def imported_by(code: str) -> list[str]:
    """The modules of the gateway's process after `code` that it has no use for."""
    heavy = {
        "duckdb", "dbt", "pyarrow", "psycopg", "psycopg2", "sqlalchemy", "jinja2", "starlette", "uvicorn",
        "numpy", "pandas", "pytest", "hypothesis",
    }  # fmt: skip
    stages = ("warehouse", "store", "load", "web", "query", "semantics", "simulate", "testing")
    check = (
        f"import sys\n{code}\nheavy, stages = {heavy!r}, {stages!r}\n"
        "print(*sorted(name for name in sys.modules if name.partition('.')[0] in heavy\n"
        "    or name.startswith('mainstem.') and name.split('.')[1] in stages))"
    )
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    return done.stdout.split()


@pytest.mark.parametrize(
    "room",
    [
        "cli.collect",
        "assemble.collect",
        "assemble.features",
        "collect",
        "log",
        "privacy",
        "tracking",
        "shadow",
    ],
)
def test_no_room_of_the_gateway_imports_a_warehouse_dbt_or_a_database_driver(room: str) -> None:
    assert imported_by(f"import mainstem.{room}") == []


def test_a_gateway_of_a_whole_project_imports_none_of_them_either(tmp_path: Path) -> None:
    """Features are compiled, so that what they import when they are first used is seen too."""
    subprocess.run(
        [sys.executable, "-m", "mainstem", "init", str(tmp_path / "project")], capture_output=True, check=True
    )
    code = (
        "from pathlib import Path\n"
        "from mainstem.assemble.collect import CollectOptions, plan_gateway\n"
        f"folder = Path({str(tmp_path / 'project')!r})\n"
        "assert plan_gateway(CollectOptions(folder), folder).sources"
    )
    assert imported_by(code) == []


@pytest.mark.long
def test_a_gateway_takes_no_more_than_40_mb_after_load_with_64_connections_open(tmp_path: Path) -> None:
    ledger = Ledger()

    async def main(process: GatewayProcess) -> None:
        await process.until_listening()
        async with senders_at_work(process.port, ledger, random.Random(1), WRITE_KEY):
            await ledger.more(5000)
        connections = [
            await asyncio.open_connection("127.0.0.1", process.port) for _ in range(IDLE_CONNECTIONS)
        ]
        for reader, writer in connections:
            writer.write(b"GET /version HTTP/1.1\r\n\r\n")
            await reader.readuntil(b"\r\n\r\n")
        assert psutil.Process(process.pid).memory_info().rss <= 40 * MEGABYTE
        for _, writer in connections:
            writer.close()

    with GatewayProcess(tmp_path / "data", tmp_path / "said.log") as process:
        asyncio.run(main(process))
