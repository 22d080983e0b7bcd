"""Forgets runs by their age: their records, and their logs with them."""

from __future__ import annotations

import logging
import shutil
from datetime import timedelta
from typing import TYPE_CHECKING

from mainstem.errors import StoreUnavailable
from mainstem.orchestrate.runner.places import run_path

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from mainstem.store.runs import RunWriter

logger = logging.getLogger("mainstem.runner")


class OldRuns:
    """Runs that ended more than `keep_days` ago."""

    def __init__(self, writing: RunWriter, runs: Path, keep_days: int) -> None:
        self._writing = writing
        self._runs = runs
        self._keep = timedelta(days=keep_days)

    def forget(self, now: datetime) -> None:
        """What cannot be done now is done the next time."""
        try:
            with self._writing.alone():
                gone = self._writing.prune(now - self._keep)
        except StoreUnavailable as e:
            logger.warning("old runs are kept for now: %s", e)
            return
        for dag_id, run_id in gone:
            self._remove(self._runs / run_path(dag_id, run_id))
        if gone:
            logger.info("%s runs that ended more than %s days ago are forgotten", len(gone), self._keep.days)

    def _remove(self, logs: Path) -> None:
        """A run whose tasks were all skipped has none."""
        try:
            shutil.rmtree(logs)
        except FileNotFoundError:
            return
        except OSError as e:
            logger.warning("logs of a run that is forgotten cannot be removed: %s", e)
