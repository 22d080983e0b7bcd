"""The demo's project: an ordinary one, written on the first run and kept ever after."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from mainstem.assemble.init import KEY_FILE, write_dbt_project
from mainstem.assemble.privacy import write_key
from mainstem.assemble.project import Project, open_project
from mainstem.company import LOOKML
from mainstem.errors import UsageError
from mainstem.simulate import WriteKeys

if TYPE_CHECKING:
    from pathlib import Path

WRITE_KEYS = WriteKeys(website="demo-website", servers="demo-servers")

_SETTINGS = f"""\
# A project like any other: `mainstem up` runs it too.

[project]
name = "Example Chat"
data_dir = "data"

[[sources]]
id = "website"
name = "Website"
type = "Javascript"
write_keys = ["{WRITE_KEYS.website}"]
privacy = "product"

[[sources]]
id = "servers"
name = "Servers"
type = "Python"
write_keys = ["{WRITE_KEYS.servers}"]
privacy = "product"

[privacy]
key = "file:{KEY_FILE}"

[transform]
project_dir = "dbt"

[semantics]
project_dir = "lookml"
"""


class Company(msgspec.Struct, frozen=True):
    """Which simulated company this demo holds. The same values give the same events, to the byte."""

    seed: int
    days: int
    visitors: int
    servers: int
    end: datetime
    """Nothing happens after it; the moment of the demo's first run."""


def demo_project(folder: Path) -> Project:
    """The project in `folder`, written where there is none, or where writing it was cut short.

    Raises UsageError when the folder holds something else.
    """
    if not (folder / "mainstem.toml").exists():
        if folder.exists() and {entry.name for entry in folder.iterdir()} - {"dbt", "lookml", KEY_FILE}:
            raise UsageError(f"{folder} is not empty and holds no mainstem.toml; name another with --dir")
        _write(folder)
    _link_lookml(folder / "lookml")
    return open_project(folder)


def _write(folder: Path) -> None:
    write_dbt_project(folder / "dbt", "Example Chat")
    if not (folder / KEY_FILE).exists():
        write_key(folder / KEY_FILE)
    # Last: its presence says that the rest is there.
    (folder / "mainstem.toml").write_text(_SETTINGS, encoding="utf-8")


def _link_lookml(link: Path) -> None:
    """Point at the installed company package, which may have moved since the last run."""
    if link.is_symlink() and link.readlink() != LOOKML:
        link.unlink()
    if not link.exists():
        link.symlink_to(LOOKML)


def demo_company(project: Project, seed: int, days: int, visitors: int, servers: int) -> Company:
    """The company this project has held since its first run; made from the arguments on that run.

    Raises UsageError when a later run asks for another one.
    """
    file = project.data_dir / "company.json"
    if file.exists():
        kept = msgspec.json.decode(file.read_bytes(), type=Company)
        asked = Company(seed, days, visitors, servers, kept.end)
        if asked != kept:
            raise UsageError(
                f"{project.folder} holds the company seed={kept.seed} days={kept.days} "
                f"visitors={kept.visitors} servers={kept.servers}; "
                "keep these, or name another folder with --dir"
            )
        return kept
    company = Company(seed, days, visitors, servers, datetime.now(UTC))
    project.data_dir.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(".unfinished")
    unfinished.write_bytes(msgspec.json.encode(company))
    unfinished.rename(file)
    return company
