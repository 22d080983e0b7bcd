"""Dumps of one schema of a database, made by `pg_dump` while everybody works, and only the newest kept: some
by the clock, and one from before the last build.

Promise: a file with the name of a dump is a whole dump; one that was broken off has no such name. The
password reaches `pg_dump` through its environment, no command line.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from mainstem.config import redact
from mainstem.errors import StoreUnavailable
from mainstem.store.programs import installed_folders, wheel_folders

if TYPE_CHECKING:
    from mainstem.config import PostgresAddress

_NAME = "%Y%m%dT%H%M%SZ"
_SUFFIX = ".dump"
_BEFORE_BUILD = "-before-build.dump"
_RECENT = timedelta(minutes=10)
"""A build so soon after a dump needs none of its own: groups of models may be built by the minute."""
_LONGEST_SECONDS = 3600.0


def find_pg_dump(programs: Path | None = None) -> Path | None:
    """The program to dump a server with: of `programs`, the folder it is run from; of somebody's server, the
    newest that is installed, else the wheel's. None when there is none."""
    if programs is not None:
        folders = [programs]
    else:
        on_path = shutil.which("pg_dump")
        folders = [*installed_folders(), *([Path(on_path).parent] if on_path else []), *wheel_folders()]
    return next((folder / "pg_dump" for folder in folders if (folder / "pg_dump").is_file()), None)


def dump_schema(
    database: PostgresAddress, schema: str | None, program: Path, target: Path, *, snapshot: str | None = None
) -> None:
    """Write `schema` of `database`, or all of it, to the file `target`, in `pg_dump`'s custom format:
    `pg_restore` reads it.

    It is as of the moment it began, or as of a `snapshot` that a transaction has exported. Raises
    StoreUnavailable with what `pg_dump` says.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f"{target.name}.unfinished")
    command = [str(program), "--format=custom", "--no-password", f"--file={unfinished}"]
    command += [f"--schema={schema}"] if schema else []
    command += [f"--snapshot={snapshot}"] if snapshot else []
    try:
        done = subprocess.run(
            command,
            env={**os.environ, **_environment(database)},
            capture_output=True,
            text=True,
            check=False,
            timeout=_LONGEST_SECONDS,
        )
        if done.returncode != 0:
            raise StoreUnavailable(redact(f"{program} failed: {done.stderr.strip()}"))
        unfinished.rename(target)
    except (OSError, subprocess.TimeoutExpired) as e:
        raise StoreUnavailable(f"{program} could not dump {database.database}: {e}") from e
    finally:
        unfinished.unlink(missing_ok=True)


def restore_dump(
    database: PostgresAddress, program: Path, dump: Path, *, in_place_of_what_stands: bool = False
) -> None:
    """Bring a dump into an empty `database`, all or nothing; everything in it is then its role's. What it
    holds may also take the place of what stands. `program` is `pg_restore`. Raises StoreUnavailable with
    what it says."""
    command = [str(program), "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"]
    command += ["--clean", "--if-exists"] if in_place_of_what_stands else []
    try:
        done = subprocess.run(
            [*command, "--no-password", f"--dbname={database.database}", str(dump)],
            env={**os.environ, **_environment(database)},
            capture_output=True,
            text=True,
            check=False,
            timeout=_LONGEST_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired) as e:
        raise StoreUnavailable(f"{program} could not restore {database.database}: {e}") from e
    if done.returncode != 0:
        raise StoreUnavailable(redact(f"{program} failed: {done.stderr.strip()}"))


class Dumps:
    """The newest dumps of one schema, in a folder of their own."""

    def __init__(
        self, database: PostgresAddress, schema: str, program: Path, folder: Path, *, keep: int
    ) -> None:
        self._database = database
        self._schema = schema
        self._program = program
        self._folder = folder
        self._keep = keep

    def times(self) -> list[datetime]:
        """When each began that is kept, oldest first."""
        return sorted(_time_of(file) for file in self._files())

    def make(self, now: datetime) -> Path:
        """Make one, then remove all but the newest. Raises StoreUnavailable."""
        target = self._dumped(now, _SUFFIX)
        for file in sorted(self._files())[: -self._keep]:
            file.unlink(missing_ok=True)
        kept = self.times()
        for file in self._files(_BEFORE_BUILD):
            if kept and _time_of(file) < kept[0]:
                file.unlink(missing_ok=True)  # the files that it names are kept no longer
        return target

    def make_before_build(self, now: datetime) -> Path | None:
        """Make one in the place of that from before the last build; None where a dump is minutes old. Raises
        StoreUnavailable."""
        before = self._files(_BEFORE_BUILD)
        if any(now - _time_of(file) < _RECENT for file in (*before, *self._files())):
            return None
        target = self._dumped(now, _BEFORE_BUILD)
        for file in before:
            file.unlink(missing_ok=True)
        return target

    def _dumped(self, now: datetime, suffix: str) -> Path:
        target = self._folder / f"{now.astimezone(UTC).strftime(_NAME)}{suffix}"
        dump_schema(self._database, self._schema, self._program, target)
        return target

    def _files(self, suffix: str = _SUFFIX) -> list[Path]:
        if not self._folder.is_dir():
            return []
        named = re.compile(rf"\d{{8}}T\d{{6}}Z{re.escape(suffix)}")
        return [file for file in self._folder.iterdir() if named.fullmatch(file.name)]


def _time_of(file: Path) -> datetime:
    return datetime.strptime(file.stem.partition("-")[0], _NAME).replace(tzinfo=UTC)


def _environment(database: PostgresAddress) -> dict[str, str]:
    known = {
        "PGHOST": database.host,
        "PGPORT": str(database.port),
        "PGUSER": database.user,
        "PGDATABASE": database.database,
        "PGSSLMODE": database.sslmode,
        "PGPASSWORD": database.password.reveal() if database.password is not None else None,
    }
    return {name: value for name, value in known.items() if value}
