"""Who owns the folders of the data, and who else gets at them.

The usual mishap: one run as root leaves files that the next run, as somebody else, cannot write.
"""

from __future__ import annotations

import os
import pwd
import stat
from typing import TYPE_CHECKING

from mainstem.operate.doctor.finding import Finding, fail, ok, skipped, warn

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

NAME = "folders"

_PRIVATE = "postgres"
"""Has an owner and rights of its own: Postgres insists on them."""


def check_folders(data_dir: Path, user: int | None = None) -> Iterator[Finding]:
    """`user` is who runs Mainstem; whoever runs this when left out."""
    user = os.geteuid() if user is None else user
    if not data_dir.exists():
        yield skipped(NAME, f"{data_dir} is not there yet; the first run makes it")
        return
    ours = [path for path in _looked_at(data_dir) if path.name != _PRIVATE]
    foreign = [path for path in ours if user != 0 and path.stat().st_uid != user]
    yield from _told(foreign, "belongs to", f"chown -R {_name(user)} {data_dir}, but for {_PRIVATE}")
    open_ = [path for path in ours if stat.S_IMODE(path.stat().st_mode) & 0o002]
    for path in open_:
        yield warn(NAME, f"every user of this machine may write to {path}", f"chmod o-w {path}")
    shut = [path for path in ours if path not in foreign and not os.access(path, os.W_OK)]
    for path in shut:
        yield fail(NAME, f"{path} cannot be written to", f"chmod u+w {path}, or mount it for writing")
    postgres = data_dir / _PRIVATE
    if postgres.is_dir() and stat.S_IMODE(postgres.stat().st_mode) & 0o027:
        yield fail(
            NAME, f"others get into {postgres}; Postgres refuses to start on it", f"chmod 700 {postgres}"
        )
    elif not (foreign or open_ or shut):
        yield ok(NAME, f"{len(ours)} folders and files under {data_dir} are {_name(user)}'s")


def _told(paths: Sequence[Path], what: str, mend: str) -> Iterator[Finding]:
    if not paths:
        return
    first = paths[0]
    more = f" (and {len(paths) - 1} more)" if len(paths) > 1 else ""
    yield fail(NAME, f"{first} {what} {_name(first.stat().st_uid)}{more}", mend)


def _looked_at(data_dir: Path) -> list[Path]:
    """The folder, what is in it, and the log's partitions: where processes write at their start."""
    places = [data_dir, *data_dir.iterdir(), *(data_dir / "log").glob("*/*")]
    return [path for path in places if not path.is_symlink() and (path.is_dir() or path.is_file())]


def _name(user: int) -> str:
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return f"user {user}"
