"""Pools of a manifest, in the form that `airflow pools import` reads.

Promise: a place is held for as long as the task's program runs, also while Airflow waits for it in the
triggerer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mainstem_airflow.manifest import Manifest


def pools_file(manifest: Manifest) -> dict[str, dict[str, Any]]:
    return {
        pool.name: {"slots": pool.slots, "description": pool.description, "include_deferred": True}
        for pool in manifest.pools
    }
