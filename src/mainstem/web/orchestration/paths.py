"""Addresses of the pages of orchestration."""

from __future__ import annotations

from urllib.parse import quote

DAGS = "/dags"
ASSETS = "/assets"


def dag_path(dag_id: str, *rest: str) -> str:
    return "/".join((DAGS, *(quote(part, safe="") for part in (dag_id, *rest))))


def run_path(dag_id: str, run_id: str, *rest: str) -> str:
    return dag_path(dag_id, "runs", run_id, *rest)


def task_path(dag_id: str, run_id: str, task_id: str, *rest: str) -> str:
    return run_path(dag_id, run_id, "tasks", task_id, *rest)


def asset_path(name: str) -> str:
    """An asset's place on the page of assets."""
    return f"{ASSETS}?asset={quote(name, safe='')}"
