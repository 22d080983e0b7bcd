"""Options that several commands share."""

from __future__ import annotations

import getpass
import os
from pathlib import Path

import click

project_option = click.option(
    "--project",
    "project_dir",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    show_default="this folder",
    help="Folder of the project, the one with mainstem.toml.",
)

format_option = click.option(
    "--format",
    "output_format",
    type=click.Choice(["table", "csv", "json"]),
    default="table",
    show_default=True,
    help="How to print the rows.",
)


def task_run() -> str:
    """The run of a DAG that this process is a task of; empty for none."""
    dag_id, run_id = os.environ.get("MAINSTEM_DAG_ID"), os.environ.get("MAINSTEM_RUN_ID")
    return f"{dag_id}/{run_id}" if dag_id and run_id else ""


def system_user() -> str:
    """Who runs the command, for histories: the login of this machine."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a user id without a name, as in many containers
        return "unknown"
