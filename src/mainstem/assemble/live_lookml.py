"""The LookML of a project as its files say now, read again when one of them changes.

Promise: whoever asks is answered at once, with what was read last. What is wrong in a file takes no more with
it than itself; LookML that can no longer be read at all changes nothing, and that is said.
"""

from __future__ import annotations

import logging
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from mainstem.assemble.watch import FileWatch
from mainstem.errors import MainstemError
from mainstem.operate.lookml_tables import judged_views
from mainstem.query.connections import only_own
from mainstem.semantics import Project, Reading, read_project
from mainstem.semantics.files import lookml_files
from mainstem.web.lookml import LookmlNow

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator
    from pathlib import Path

    from mainstem.artifacts import DbtProject
    from mainstem.errors import LookmlProblem

logger = logging.getLogger("mainstem.lookml")

EVERY_S = 2.0
"""Between two looks at the files: a `stat` each."""
_LOGGED = 20
"""Problems told one by one in the log; all of them are on the page of models."""


class LiveLookml:
    """`folder` holds the LookML. `dbt` gives what dbt wrote last, None where it was never run;
    `others` are the connections whose tables are none of dbt's."""

    def __init__(
        self,
        folder: Path,
        cache: Path | None = None,
        dbt: Callable[[], DbtProject | None] = lambda: None,
        others: Collection[str] = (),
    ) -> None:
        self._folder = folder
        self._cache = cache
        self._dbt = dbt
        self._others = others
        self._watch = FileWatch()
        self._files_seen: frozenset[Path] = frozenset()
        self._now = LookmlNow(Reading(Project(), (), ()), datetime.now(UTC))
        self._turn = threading.Lock()
        self._tell: Callable[[Iterable[Path]], None] = _nobody
        self.look_again()

    @property
    def project(self) -> Project:
        return self._now.reading.project

    def now(self) -> LookmlNow:
        return self._now

    def judged(self) -> dict[str, str | None] | None:
        """As `LookmlDesk.judged`. Raises what reading dbt's files raises."""
        dbt = self._dbt()
        if dbt is None:
            return None
        own = only_own(self.project, self._others)
        return {str(view.origin): why for view, why in judged_views(own, dbt)}

    def look_again(self) -> bool:
        """Read the files if one of them has changed since the last look. Whether they were; never raises for
        what stands in them."""
        with self._turn:
            files = self._files()
            if not self._watch.changed(files) and files == self._files_seen:
                return False
            self._files_seen = files
            self._read()
            return True

    def tell(self, changed: Callable[[Iterable[Path]], None]) -> None:
        """Call `changed`, which must not raise, with the files that stand: now, and when they were read."""
        with self._turn:
            self._tell = changed
            changed(self._files_seen)

    def _files(self) -> frozenset[Path]:
        """Those of the folder, of projects it imports, and the folder itself, for it may be made later."""
        roots = {self._folder, *_imported(self._now.reading, self._folder.absolute().parent)}
        return frozenset({self._folder, *(root / file for root in roots for file in lookml_files(root))})

    def _read(self) -> None:
        try:
            reading = read_project(self._folder, self._cache)
        except (MainstemError, OSError, RecursionError) as e:
            self._keep(str(e) or type(e).__name__)
            return
        if reading.errors and not reading.project.models and self.project.models:
            self._keep(f"{len(reading.errors)} errors, first {reading.errors[0]}")
            return
        self._now = LookmlNow(reading, datetime.now(UTC))
        _log(reading.errors)
        self._tell(self._files_seen)

    def _keep(self, problem: str) -> None:
        logger.error("going on with the LookML as it was: %s", problem)
        self._now = msgspec.structs.replace(self._now, problem=problem)


def _nobody(files: Iterable[Path]) -> None:
    """Nobody wants to know."""


@contextmanager
def following(live: LiveLookml, every_s: float = EVERY_S) -> Iterator[None]:
    """Look at the files in a thread while the block runs."""
    stop = threading.Event()

    def follow() -> None:
        while not stop.wait(every_s):
            try:
                live.look_again()
            except Exception:  # one look that failed must not be the last
                logger.exception("the LookML could not be looked at")

    thread = threading.Thread(target=follow, name="lookml", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _imported(reading: Reading, beside: Path) -> set[Path]:
    """Folders of projects that stand beside this one, as far as something of theirs was read."""
    models = reading.project.models.values()
    origins = {view.origin.file for model in models for view in model.views.values()}
    origins |= {explore.origin.file for model in models for explore in model.explores.values()}
    return {beside / file.split("/")[1] for file in origins if file.startswith("../")}


def _log(errors: tuple[LookmlProblem, ...]) -> None:
    """Once for each reading: a page that is loaded tells nothing anew."""
    for problem in errors[:_LOGGED]:
        logger.error("LookML: %s", problem)
    if len(errors) > _LOGGED:
        logger.error("LookML: %d more errors; mainstem lookml validate shows them all", len(errors) - _LOGGED)
