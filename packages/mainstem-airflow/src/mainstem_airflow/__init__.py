"""Mainstem's manifest on Apache Airflow: `build_dags("manifest.json")` makes its DAGs.

Promise: what Airflow runs is what the embedded runner runs, try for try. It imports nothing of Mainstem's,
and importing it imports nothing of Airflow's: the scheduler lists providers at every start.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mainstem_airflow.dags import build_dags
    from mainstem_airflow.manifest import ManifestError, read_manifest

__all__ = ["ManifestError", "build_dags", "get_provider_info", "read_manifest"]

__version__ = "0.1.0"

_HOMES = {"build_dags": "dags", "ManifestError": "manifest", "read_manifest": "manifest"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)


def get_provider_info() -> dict[str, Any]:
    """What Airflow lists of a provider (entry point `apache_airflow_provider`)."""
    return {
        "package-name": "mainstem-airflow",
        "name": "Mainstem",
        "description": "Runs Mainstem's manifest: DAGs of pods, or of local programs.",
        "versions": [__version__],
    }
