"""Where a try's files are: named as Airflow names its logs."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

_SAFE = " :+,@=~!$&'()*;"
"""What may stand in a file's name beside letters, digits and `_.-`."""


def run_path(dag_id: str, run_id: str) -> Path:
    """The folder of a run, relative to that of all runs."""
    return Path(f"dag_id={_name(dag_id)}", f"run_id={_name(run_id)}")


def try_path(dag_id: str, run_id: str, task_id: str, try_number: int) -> Path:
    """The folder of a try, relative to that of all runs."""
    return run_path(dag_id, run_id) / f"task_id={_name(task_id)}" / f"attempt={try_number}"


def log_path(dag_id: str, run_id: str, task_id: str, try_number: int) -> Path:
    """The log of a try, relative to the folder of all runs."""
    folder = try_path(dag_id, run_id, task_id, try_number)
    return folder.with_name(f"{folder.name}.log")


def _name(text: str) -> str:
    return quote(text, safe=_SAFE)
