"""Whether the dbt project is one, as far as can be told without starting dbt, which takes seconds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import yaml

from mainstem.operate.doctor.finding import Finding, fail, ok, skipped

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME = "dbt project"

_PROJECT_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def check_dbt_project(folder: Path, is_named: bool) -> Iterator[Finding]:
    """`folder` is [transform] project_dir; `is_named`: somebody wrote it there, so it should hold one."""
    file = folder / "dbt_project.yml"
    if not file.is_file() and not is_named:
        yield skipped(NAME, f"there is no {file}: no models are built")
        return
    if not file.is_file():
        yield fail(NAME, f"there is no {file}", "name the dbt project's folder in [transform] project_dir")
        return
    problems = 0
    for yml in (file, folder / "packages.yml", folder / "dependencies.yml"):
        if yml.is_file() and (why := _problem(yml)):
            problems += 1
            yield fail(NAME, why, "mend it there")
    name = None if problems else yaml.safe_load(file.read_text(encoding="utf-8")).get("name")
    if problems == 0 and not (isinstance(name, str) and _PROJECT_NAME.fullmatch(name)):
        problems += 1
        yield fail(NAME, f"{file}: name is {name!r}", "give it a name of letters, digits and underscores")
    if problems == 0:
        yield ok(NAME, f"{name} in {folder}")


def _problem(file: Path) -> str | None:
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as e:
        return f"{file} is not YAML: {' '.join(str(e).split())}"
    return None if isinstance(content, dict) else f"{file} holds no mapping"
