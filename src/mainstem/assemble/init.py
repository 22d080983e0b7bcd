"""`mainstem init`: a new project that runs as it stands. `mainstem demo` writes its own from the same parts.

It writes into an empty folder only, and settings last: their presence says that the rest is there.
"""

from __future__ import annotations

import re
import secrets
import shutil
import string
from typing import TYPE_CHECKING, Any

import yaml

from mainstem.assemble.privacy import write_key
from mainstem.company import LOOKML, TRACKING_PLANS
from mainstem.config.reader import FILE_NAME
from mainstem.errors import EnvironmentFailure, UsageError
from mainstem.transform.settings import COMPANY_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

KEY_FILE = "privacy.key"
_KEY_LENGTH = 27  # as RudderStack's; 160 bits

_SETTINGS = """\
# Settings of this project; docs/configuration.md of Mainstem lists all there are, with their defaults.
# Each can also be set as MAINSTEM_<SECTION>_<KEY> in the environment, which wins over this file.

[project]
name = {name}
data_dir = ".mainstem"            # the log, the lake and the embedded Postgres; back it up, never commit it

# Where events come from. An SDK sends a source's write key; the source's name in snake_case is the schema of
# its tables. Write keys are no secrets (browsers carry them), but whoever has one can send events.

[[sources]]
id = "website"                    # stands in the log for ever: never change or reuse it
name = "Website"
type = "Javascript"
write_keys = ["{website_key}"]
tracking_plan = "website"         # tracking-plan/website.yml: the events there should be
privacy = "product"               # text under names that neither the plan nor the event specification lists
                                  # is taken away, and the source's page says so; docs/privacy.md of Mainstem

[[sources]]
id = "servers"
name = "Servers"
type = "Python"
write_keys = ["{servers_key}"]
tracking_plan = "servers"
privacy = "product"

[privacy]
key = "file:{key_file}"         # makes pseudonyms; keep a copy, and never commit it

# [privacy.profiles.shop]         # let more through: `privacy = "shop"` above makes a source use it
# extends = "product"
# properties = ["size", "colour"]

[collect]
port = 8080                       # the data plane URL of SDKs: http://127.0.0.1:8080

[web]
port = 8000                       # the dashboards: http://127.0.0.1:8000
home_dashboard = "health"         # the one that opens first; yours as soon as you write it

[transform]
project_dir = "dbt"

[semantics]
project_dir = "lookml"

[tracking]
project_dir = "tracking-plan"

# [postgres]
# url = "env:MAINSTEM_DATABASE"   # a server of yours; left out, an embedded one runs in data_dir

# [logging]
# level = "debug"
"""

_DBT_PROJECT = """\
name: {name}
version: "1.0.0"
config-version: 2
profile: mainstem
packages-install-path: "{{{{ env_var('DBT_PACKAGES_INSTALL_PATH', 'dbt_packages') }}}}"
"""

_DBT_PACKAGES = f"""\
packages:
  # The models that come with this installation of Mainstem.
  - local: "{{{{ env_var('{COMPANY_VARIABLE}') }}}}"
"""

_DBT_MODELS = """\
Models of your own go here; they may build on those of the package `company`, such as
`fct_daily_site_visitors`, by `ref`. `mainstem build` builds and tests all of them.
"""

_HELLO = """\
# A DAG of your own: a file each, its tasks in any language. `mainstem plan` shows all DAGs and when they run.
# docs/orchestration-manifest.md of Mainstem lists every field.
description: The first steps of a DAG

# schedule: "0 7 * * *"                # every morning at seven, by the clock of [orchestrate] timezone
# schedule: [published]                # whenever readers are shown new numbers

tasks:
  - task_id: greet
    argv: [echo, hello]

  - task_id: report
    depends_on: [greet]
    argv: [sh, -c, 'echo "this is try $MAINSTEM_TRY_NUMBER of $MAINSTEM_TASK_ID"']
    retries: 2
    retry_delay: 1m
    execution_timeout: 5m
    # secret_env:                      # never the secret itself: here the runner's variable CRM_TOKEN,
    #   TOKEN: {name: crm, key: token} # on Kubernetes the key `token` of the Secret `crm`
"""

_IGNORED = """\
.mainstem/
dbt/target/
dbt/logs/
dbt/dbt_packages/
*.key
"""

_README = """\
# {title}
`mainstem up` runs this project, `mainstem build` builds its models, `mainstem doctor` says what is wrong.
Send an event: `curl -u {website_key}: http://127.0.0.1:8080/v1/page -d '{{"anonymousId": "me"}}'`
Watch it arrive on http://127.0.0.1:8000/sources, and look at dashboards there once the models are built.
Settings are in `mainstem.toml`, models in `dbt/`, metrics and dashboards in `lookml/`, what runs in `dags/`.
"""


def init_project(folder: Path, name: str | None) -> list[Path]:
    """Write a project into `folder` and return its files, in order.

    `name` is the folder's own when left out. Raises UsageError when the folder holds anything, or the name
    is blank; EnvironmentFailure when it cannot be written.
    """
    title = (folder.absolute().name if name is None else name).strip()
    if not title or not title.isprintable():
        raise UsageError(f"{name!r} cannot name a project: give --name some printable text")
    if folder.is_file() or (folder.is_dir() and any(folder.iterdir())):
        raise UsageError(f"{folder} is not empty: name a new folder, or one that is")
    keys = {"website_key": _write_key(), "servers_key": _write_key()}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_dbt_project(folder / "dbt", title)
        models = folder / "dbt" / "models" / "README.md"
        models.parent.mkdir()
        models.write_text(_DBT_MODELS, encoding="utf-8")
        for part, content in (("lookml", LOOKML), ("tracking-plan", TRACKING_PLANS)):
            # Not their modes: they are to be edited.
            shutil.copytree(content, folder / part, copy_function=shutil.copyfile)
        (folder / "dags").mkdir()
        (folder / "dags" / "hello.yml").write_text(_HELLO, encoding="utf-8")
        (folder / ".gitignore").write_text(_IGNORED, encoding="utf-8")
        (folder / "README.md").write_text(_README.format(title=title, **keys), encoding="utf-8")
        write_key(folder / KEY_FILE)
        settings = _SETTINGS.format(name=_toml_text(title), key_file=KEY_FILE, **keys)
        (folder / FILE_NAME).write_text(settings, encoding="utf-8")
    except OSError as e:
        raise EnvironmentFailure(f"cannot write {e.filename or folder}: {e.strerror}") from e
    return sorted(path for path in folder.rglob("*") if path.is_file())


def write_dbt_project(folder: Path, name: str, variables: Mapping[str, Any] | None = None) -> None:
    """A dbt project without models of its own that depends on the company package of this installation, which
    is told `variables`."""
    folder.mkdir(parents=True, exist_ok=True)
    project = _DBT_PROJECT.format(name=_dbt_name(name))
    if variables:
        project += yaml.safe_dump({"vars": {"company": dict(variables)}}, sort_keys=False)
    (folder / "dbt_project.yml").write_text(project, encoding="utf-8")
    (folder / "packages.yml").write_text(_DBT_PACKAGES, encoding="utf-8")


def _dbt_name(name: str) -> str:
    """dbt takes letters, digits and underscores, and no digit at the front; `company` is the package's."""
    found = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") or "project"
    return f"project_{found}" if found[0].isdigit() or found == "company" else found


def _write_key() -> str:
    """Letters and digits only: it goes into shells, URLs and JavaScript."""
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(_KEY_LENGTH))


def _toml_text(text: str) -> str:
    """A TOML basic string; of printable text only these two need an escape."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
