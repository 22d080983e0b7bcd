"""Whether DuckDB loads its extensions from the installed wheels, with nothing fetched."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from mainstem.errors import EnvironmentFailure
from mainstem.operate.doctor.finding import Finding, fail, ok
from mainstem.warehouse.ducklake import extension_folder
from mainstem.warehouse.ducklake.connection import EXTENSIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NAME = "extensions"


def check_extensions(prepare: Callable[[Path], Path] = extension_folder) -> Iterator[Finding]:
    """`prepare` fills a folder with the extensions for DuckDB to find."""
    with tempfile.TemporaryDirectory(prefix="mainstem-doctor-") as scratch:
        try:
            folder = prepare(Path(scratch))
        except EnvironmentFailure as e:
            yield fail(NAME, str(e), "install the package it names")
            return
        with duckdb.connect(
            ":memory:",
            config={"extension_directory": str(folder), "autoinstall_known_extensions": "false"},
        ) as connection:
            problems = [(name, why) for name in EXTENSIONS if (why := _problem(connection, name))]
    for name, why in problems:
        package = f"duckdb-extension-{name.replace('_', '-')}=={duckdb.__version__}"
        yield fail(NAME, f"{name} does not load: {why}", f"pip install --force-reinstall '{package}'")
    if not problems:
        yield ok(NAME, f"{', '.join(EXTENSIONS)} load from the environment")


def _problem(connection: duckdb.DuckDBPyConnection, extension: str) -> str | None:
    try:
        connection.execute(f"LOAD {extension}")
    except duckdb.Error as e:
        return str(e).splitlines()[0]
    return None
