"""The demo's project: an ordinary one, written on the first run and kept ever after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.assemble.init import KEY_FILE, write_dbt_project
from mainstem.assemble.privacy import write_key
from mainstem.assemble.project import Project, open_project
from mainstem.company import LOOKML, TRACKING_PLANS
from mainstem.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

WRITE_KEYS = {name: f"demo-{name}" for name in ("website", "servers", "webapp", "mobile")}
"""By the id of the source."""
BLOCKED_PATH = "/e/"
"""The gateway's other name for `/v1/`, by which events come that ad blockers would keep back."""

_SETTINGS = f"""\
# A project like any other: `mainstem up` runs it too.

[project]
name = "Example Chat"
data_dir = "data"

[[sources]]
id = "website"
name = "Website"
type = "Javascript"
write_keys = ["{WRITE_KEYS["website"]}"]
tracking_plan = "website"
privacy = "known"

[[sources]]
id = "servers"
name = "Servers"
type = "Python"
write_keys = ["{WRITE_KEYS["servers"]}"]
tracking_plan = "servers"
privacy = "product"

[[sources]]
id = "webapp"
name = "Webapp"
type = "Javascript"
write_keys = ["{WRITE_KEYS["webapp"]}"]
tracking_plan = "webapp"
privacy = "product"

[[sources]]
id = "mobile"
name = "Mobile"
type = "Android"
write_keys = ["{WRITE_KEYS["mobile"]}"]
tracking_plan = "mobile"
privacy = "product"

[collect.path_aliases]
"{BLOCKED_PATH}" = "/v1/"

[privacy]
key = "file:{KEY_FILE}"

# Who buys can be told from their first visit on, and nobody's address is in the lake: rows of the CRM
# carry the same pseudonyms.
[privacy.profiles.known]
extends = "product"
pseudonymise = ["traits.email"]

[tracking]
project_dir = "tracking-plan"

[transform]
project_dir = "dbt"

[semantics]
project_dir = "lookml"
"""


def demo_project(folder: Path) -> Project:
    """The project in `folder`, written where there is none, or where writing it was cut short.

    Raises UsageError when the folder holds something else.
    """
    if not (folder / "mainstem.toml").exists():
        if folder.exists() and {entry.name for entry in folder.iterdir()} - {
            "dbt",
            "lookml",
            "tracking-plan",
            KEY_FILE,
        }:
            raise UsageError(f"{folder} is not empty and holds no mainstem.toml; name another with --dir")
        _write(folder)
    _link(folder / "lookml", LOOKML)
    _link(folder / "tracking-plan", TRACKING_PLANS)
    return open_project(folder)


def _write(folder: Path) -> None:
    write_dbt_project(folder / "dbt", "Example Chat")
    if not (folder / KEY_FILE).exists():
        write_key(folder / KEY_FILE)
    # Last: its presence says that the rest is there.
    (folder / "mainstem.toml").write_text(_SETTINGS, encoding="utf-8")


def _link(link: Path, content: Path) -> None:
    """Point at the installed company package, which may have moved since the last run."""
    if link.is_symlink() and link.readlink() != content:
        link.unlink()
    if not link.exists():
        link.symlink_to(content)
