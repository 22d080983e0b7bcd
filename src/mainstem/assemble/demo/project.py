"""The demo's project: an ordinary one, written on the first run and kept ever after."""

from __future__ import annotations

import socket
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from mainstem.assemble.demo.activation import ACTIVATION, NAME, activation_settings
from mainstem.assemble.demo.services import connector_settings
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

# The demo builds by itself as events come. Unpause it where `mainstem up` runs this project.
[orchestrate.dags.transform]
is_paused_upon_creation = true

[semantics]
project_dir = "lookml"

[web]
home_dashboard = "health"
"""

_COUNT = """\
# A DAG of the demo: a file each, its tasks in any language. `mainstem plan count` shows it, /dags its runs.
description: What there is, counted every ten minutes
schedule: "*/10 * * * *"
tasks:
  - task_id: tables
    argv:
      - mainstem
      - sql
      - SELECT table_schema, count(*) AS tables FROM information_schema.tables GROUP BY 1 ORDER BY 1
    retries: 2
    retry_delay: 1m
    execution_timeout: 5m

  - task_id: log
    argv: [mainstem, log, list]
    execution_timeout: 5m

  - task_id: report
    depends_on: [tables, log]
    argv: [sh, -c, 'echo "counted for the run of $MAINSTEM_LOGICAL_DATE"']
"""


def demo_project(folder: Path, months: int = 24) -> Project:
    """The project in `folder`, written where there is none, or where writing it was cut short, for so many
    months of history.

    Raises UsageError when the folder holds something else.
    """
    if not (folder / "mainstem.toml").exists():
        if folder.exists() and {entry.name for entry in folder.iterdir()} - {
            "dbt",
            "lookml",
            "tracking-plan",
            "dags",
            "activations",
            KEY_FILE,
        }:
            raise UsageError(f"{folder} is not empty and holds no mainstem.toml; name another with --dir")
        _write(folder, months)
    _link(folder / "lookml", LOOKML)
    _link(folder / "tracking-plan", TRACKING_PLANS)
    return open_project(folder)


def _write(folder: Path, months: int) -> None:
    write_dbt_project(folder / "dbt", "Example Chat")
    if not (folder / KEY_FILE).exists():
        write_key(folder / KEY_FILE)
    (folder / "dags").mkdir(exist_ok=True)
    (folder / "dags" / "count.yml").write_text(_COUNT, encoding="utf-8")
    (folder / "activations").mkdir(exist_ok=True)
    (folder / "activations" / f"{NAME}.yml").write_text(ACTIVATION, encoding="utf-8")
    # Last: its presence says that the rest is there.
    address = f"http://127.0.0.1:{_free_port()}"
    settings = _SETTINGS + connector_settings(address, _long_ago(months)) + activation_settings(address)
    (folder / "mainstem.toml").write_text(settings, encoding="utf-8")


def _long_ago(months: int) -> date:
    """Before a history of so many months begins."""
    return datetime.now(UTC).date() - timedelta(days=31 * months)


def _free_port() -> int:
    """Of this machine, for the services: kept ever after, since settings name it."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


def _link(link: Path, content: Path) -> None:
    """Point at the installed company package, which may have moved since the last run."""
    if link.is_symlink() and link.readlink() != content:
        link.unlink()
    if not link.exists():
        link.symlink_to(content)
