"""One erasure: whom it is about, its steps in their order, and the search for what is left.

Order matters in three places. The ledger comes first, so that what is erased does not come back by a retry
or by the loader. What links ids is read, and kept in the job's file, before any of it goes. And readers are
shown what is left before the snapshots are let go that still hold the person.
"""

from __future__ import annotations

import mmap
import os
import time
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mainstem.assemble.erased import enter_in_ledger, erasure_key, erasures_folder
from mainstem.assemble.privacy import pseudonym_keys
from mainstem.assemble.reload import LOOK_SECONDS
from mainstem.errors import EnvironmentFailure, UsageError
from mainstem.events import format_time, parse_time
from mainstem.operate.erase import Job, JobFile, Report, Sought, Step, perform
from mainstem.operate.erase.settings import ErasureSettings
from mainstem.operate.erase.sought import sought
from mainstem.privacy import PrivacySettings
from mainstem.privacy.erased import ledger_lines
from mainstem.privacy.mentions import mention_bytes
from mainstem.store.erasures import Erasures
from mainstem.store.traces import find_texts, strike_texts

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from mainstem.assemble.erase.lake import LakePart
    from mainstem.assemble.erase.log import LogPart
    from mainstem.assemble.project import Project
    from mainstem.store import Database

_MOST_LINKS = 10_000
"""Ids of one person. More means that an id is shared by many, and that following links leads to them all."""
_MORE_ROUNDS = 2
_NOT_SEARCHED = ("log", "lake", "postgres", "extensions", "privacy")


class Erasure:
    """Everything it reaches is open for as long as it lives."""

    def __init__(
        self, project: Project, log: LogPart, lake: LakePart, database: Database, given: tuple[str, ...]
    ) -> None:
        self.log, self.lake = log, lake
        self._project, self._database, self._given = project, database, given
        config = project.config
        self._follows = config.section("erasure", ErasureSettings).links == "follow"
        self._keys = pseudonym_keys(config, config.section("privacy", PrivacySettings))
        self.asked: Sought = sought(given, self._keys)

    def find(self) -> Sought:
        """The person asked for, with every id that is linked. Raises UsageError for one that is too many."""
        whom = self.asked
        while self._follows:
            users, anonymous = self.lake.linked(whom)
            more = self.log.linked(whom)
            wider = whom.plus(users | more[0], anonymous | more[1], self._keys)
            if wider == whom:
                break
            whom = wider
            if len(whom.ids) + len(whom.found) > _MOST_LINKS:
                raise UsageError(
                    f"more than {_MOST_LINKS:,} ids are linked with these: they are shared by many people. "
                    'Look at a few by hand, and set links = "ignore" under [erasure]'
                )
        return whom

    def run(self, asked_by: str, told: Callable[[str], None]) -> Report:
        """Every step, again where somebody has written the person meanwhile; then the search."""
        file, name = self._job_file()
        job = file.read()
        if job is None:
            told("find")
            job = Job(self._given, self.find(), format_time(datetime.now(UTC)))
            file.write(job)
        whom = job.sought
        report = self._performed(whom, job.began_at, told)
        if report.is_complete:
            told("verify")
            report.left = self.search(whom)
        self._note(name, asked_by, job, report)
        if report.is_complete:
            file.remove()
        return report

    def search(self, whom: Sought) -> dict[str, int]:
        """Where an id of theirs stands, and how often: rows, records, files."""
        left: Counter[str] = Counter(self.log.count(whom))
        for table, count in self.lake.count(whom).items():
            left[f"table {table}"] += count
        for table, count in self.lake.mentions(whom).items():
            left[f"table {table}"] = max(left[f"table {table}"], count)
        if texts := whom.texts:
            for name, count in self.lake.catalog_mentions(texts).items():
                left[f"catalog {name}"] += count
            for name, count in find_texts(self._database, texts, whom.folded_texts).items():
                left[f"records {name}"] += count
            trace = mention_bytes(texts, whom.folded_texts)
            for path in self._files():
                if _holds(path, trace):
                    left[f"file {path}"] += 1
        return dict(left)

    def _performed(self, whom: Sought, at: str, told: Callable[[str], None]) -> Report:
        report = perform(self._steps(whom, at), told)
        for _ in range(_MORE_ROUNDS):
            if not report.is_complete or not self._anything_of(whom):
                break
            # The loader, or a build, had read it before it was erased, and has written it since.
            report = report.followed_by(perform(self._steps(whom, at), told))
        if report.is_complete and self._anything_of(whom):
            report.failed["verify"] = "somebody goes on writing what was erased; run this command again"
        return report

    def _steps(self, whom: Sought, at: str) -> list[Step]:
        return [
            Step("ledger", lambda: self._enter_in_ledger(whom, at)),
            *self.log.steps(whom),
            *self.lake.steps(whom),
            Step("records", lambda: self._strike(whom)),
        ]

    def _enter_in_ledger(self, whom: Sought, at: str) -> dict[str, int]:
        new = enter_in_ledger(self._project, whom.person, at)
        if new and self.log.has_a_gateway_at_work():
            time.sleep(2 * LOOK_SECONDS)  # until it has read the ledger, it takes more of their events
        return {"ids": new}

    def _strike(self, whom: Sought) -> dict[str, int]:
        texts = whom.texts
        return strike_texts(self._database, texts, whom.folded_texts) if texts else {}

    def _anything_of(self, whom: Sought) -> bool:
        return bool(self.lake.count(whom) or self.log.count(whom))

    def _note(self, name: str, asked_by: str, job: Job, report: Report) -> None:
        began_at = parse_time(job.began_at) or datetime.now(UTC)
        ended_at = datetime.now(UTC) if report.is_complete else None
        said = {"done": report.done, "failed": report.failed, "left": report.left}
        Erasures(self._database).note(name, asked_by, began_at, ended_at, said)

    def _files(self) -> Iterator[Path]:
        """Of the data folder, but for the log, the lake and Postgres, which are searched otherwise."""
        for top in sorted(self._project.data_dir.iterdir()):
            if top.name not in _NOT_SEARCHED and not top.is_symlink():
                yield from (path for path in [top, *top.rglob("*")] if path.is_file())

    def _job_file(self) -> tuple[JobFile, str]:
        key = erasure_key(self._project, make=True)
        if key is None:
            raise EnvironmentFailure("the key of the ledger was removed while it was made")
        [line] = ledger_lines(sought(["\n".join(self._given)], None).person, key, "-")
        name = line.split()[-1][:16]
        return JobFile(erasures_folder(self._project), name), name


def _holds(path: Path, trace: re.Pattern[bytes]) -> bool:
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size == 0:
                return False
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
                return trace.search(content) is not None
    except FileNotFoundError:  # removed meanwhile, as logs and caches are
        return False
