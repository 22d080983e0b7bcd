"""An embedded Postgres server: its data folder, its command line, its address.

It listens on a Unix socket only, in a folder that no other user may enter; that folder is its password.
It is run by whoever supervises it (`command`), never detached, so nothing is left behind.

Postgres refuses to run as root. Started by root, the server runs as another user, and where that user
cannot reach the project's folder (somebody's `/root`), its data and programs live in `/var/lib/mainstem`:
no folder of anybody is opened up for it.
"""

from __future__ import annotations

import hashlib
import logging
import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from dataclasses import dataclass
from pathlib import Path

from mainstem.config import PostgresAddress
from mainstem.errors import EnvironmentFailure
from mainstem.store.programs import PostgresPrograms, major_version

logger = logging.getLogger(__name__)

SUPERUSER = "postgres"
_SYSTEM_USER = "mainstem-postgres"
_SYSTEM_FOLDER = Path("/var/lib/mainstem")
PLACE_FILE = "postgres.place"
"""In the data folder: where PGDATA is, when it is not there."""
_LONGEST_SOCKET_PATH = 100  # sun_path holds 108 bytes, `/.s.PGSQL.5432` among them

_SETTINGS = {
    "listen_addresses": "''",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "'64MB'",
    "log_line_prefix": "'%m [%p] %u@%d '",
    "timezone": "'UTC'",
}


@dataclass(frozen=True)
class EmbeddedServer:
    """One server, prepared: `command` runs it in the foreground, `address` reaches it."""

    programs: PostgresPrograms
    folder: Path
    """PGDATA."""
    socket_folder: Path
    user: str | None
    """OS user to run it as; None is the user who starts it."""

    @property
    def command(self) -> list[str]:
        return [str(self.programs["postgres"]), "-D", str(self.folder), "-k", str(self.socket_folder)]

    @property
    def address(self) -> PostgresAddress:
        """The superuser's way in, to make databases and roles with."""
        return PostgresAddress(str(self.socket_folder), 5432, SUPERUSER, "postgres")

    def running_pid(self) -> int | None:
        """The postmaster's process id while one runs on this folder."""
        try:
            pid = int((self.folder / "postmaster.pid").read_text().splitlines()[0])
            program, *arguments = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except (FileNotFoundError, ProcessLookupError, IndexError, ValueError):
            return None
        # The file may be old and its number somebody else's by now.
        ours = Path(os.fsdecode(program)).name == "postgres" and os.fsencode(self.folder) in arguments
        return pid if ours else None

    @classmethod
    def prepare(cls, data_dir: Path, programs: PostgresPrograms) -> EmbeddedServer:
        """Make PGDATA where there is none. Safe to be killed in: a half-made one is made again.

        Raises EnvironmentFailure when the programs do not run, or the folder is of another major version.
        """
        user = _unprivileged_user() if os.geteuid() == 0 else None
        folder, programs = _reachable(data_dir, programs, user)
        server = cls(programs, folder, _socket_folder(folder, user), user)
        if not (folder / "PG_VERSION").exists():
            _init(server)
        made_by = int((folder / "PG_VERSION").read_text().strip())
        if made_by != (runs := major_version(programs)):
            raise EnvironmentFailure(
                f"{folder} was made by Postgres {made_by} and {programs.origin} is {runs}: "
                f"set postgres.programs to the folder of a Postgres {made_by}"
            )
        return server


def _init(server: EmbeddedServer) -> None:
    unfinished = server.folder.with_name(server.folder.name + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700, parents=True)
    _own(unfinished, server.user)
    options = ("-U", SUPERUSER, "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8")
    command = [str(server.programs["initdb"]), "-D", str(unfinished), *options]
    made = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        user=server.user,
        cwd="/",
        start_new_session=True,  # a Ctrl-C is for us, and ends it quietly
    )
    if made.returncode != 0:
        raise EnvironmentFailure(f"initdb in {server.folder} failed: {made.stderr.strip()}")
    with (unfinished / "postgresql.conf").open("a", encoding="utf-8") as conf:
        conf.writelines(f"{name} = {value}\n" for name, value in _SETTINGS.items())
    unfinished.rename(server.folder)


def _unprivileged_user() -> str:
    for name in ("postgres", _SYSTEM_USER):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    logger.info("making the system user %s to run Postgres as", _SYSTEM_USER)
    command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", _SYSTEM_USER]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as e:
        raise EnvironmentFailure(
            f"Postgres does not run as root and no user {_SYSTEM_USER} could be made for it: {e}"
        ) from e
    return _SYSTEM_USER


def _reachable(data_dir: Path, programs: PostgresPrograms, user: str | None) -> tuple[Path, PostgresPrograms]:
    """The data folder and programs to use, both where `user` can get at them."""
    folder = data_dir / "postgres"
    if user is None:
        return folder, programs
    if not folder.exists() and not _can_enter(data_dir, user):
        folder = _place_elsewhere(data_dir)
        logger.info("user %s cannot reach the project: Postgres keeps its data in %s", user, folder)
    if not _can_enter(programs.folder, user):
        programs = _copied(programs)
    return folder, programs


def _place_elsewhere(data_dir: Path) -> Path:
    """The folder that `data_dir` says its Postgres is in; a new one is named at random, and so dies with it:
    a catalog must never outlive the files it names."""
    kept = data_dir / PLACE_FILE
    if not kept.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        unfinished = kept.with_suffix(".unfinished")
        unfinished.write_text(str(_SYSTEM_FOLDER / "postgres" / uuid.uuid4().hex[:12]), encoding="utf-8")
        unfinished.rename(kept)
    return Path(kept.read_text(encoding="utf-8"))


def _copied(programs: PostgresPrograms) -> PostgresPrograms:
    """The wheel's programs with the libraries they load by relative path, in a folder all may read."""
    package = programs.folder.parent.parent
    libraries = package.with_name(package.name + ".libs")
    mark = f"{package.stat().st_mtime_ns:x}"
    target = _SYSTEM_FOLDER / "programs" / mark
    if not target.exists():
        unfinished = target.with_name(mark + ".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.copytree(package, unfinished / package.name)
        if libraries.is_dir():
            shutil.copytree(libraries, unfinished / libraries.name)
        unfinished.rename(target)
    return PostgresPrograms(target / package.name / programs.folder.relative_to(package), programs.origin)


def _can_enter(folder: Path, user: str) -> bool:
    entry = pwd.getpwnam(user)
    groups = {entry.pw_gid, *os.getgrouplist(user, entry.pw_gid)}
    for part in (folder, *folder.parents):
        if not part.exists():
            continue
        status = part.stat()
        allowed = status.st_mode & (
            0o100 if status.st_uid == entry.pw_uid else 0o010 if status.st_gid in groups else 0o001
        )
        if not allowed:
            return False
    return True


def _socket_folder(folder: Path, user: str | None) -> Path:
    """The data folder itself (mode 0700), unless its path is too long for a socket's address."""
    if len(str(folder)) <= _LONGEST_SOCKET_PATH - len("/.s.PGSQL.5432"):
        return folder
    name = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    short = Path(tempfile.gettempdir()) / f"mainstem-{os.geteuid()}-{name}"
    short.mkdir(mode=0o700, exist_ok=True)
    if short.is_symlink() or short.stat().st_uid not in {os.geteuid(), _uid(user)}:
        raise EnvironmentFailure(f"{short} belongs to somebody else; Postgres will not put its socket there")
    _own(short, user)
    short.chmod(0o700)
    return short


def _uid(user: str | None) -> int:
    return os.geteuid() if user is None else pwd.getpwnam(user).pw_uid


def _own(folder: Path, user: str | None) -> None:
    if user is not None:
        entry = pwd.getpwnam(user)
        os.chown(folder, entry.pw_uid, entry.pw_gid)
