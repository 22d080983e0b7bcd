"""`mainstem privacy erase`: a person out of everything that a project keeps.

Order matters in three places. The ledger comes first, so that what is erased does not come back by a retry
or by the loader. What links ids is read, and kept in the job's file, before any of it goes. And readers are
shown what is left before the snapshots are let go that still hold the person.
"""

from __future__ import annotations

import time
from collections import Counter
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mainstem.assemble.archive import open_archive
from mainstem.assemble.erased import enter_in_ledger, erasure_key, erasures_folder
from mainstem.assemble.log import project_log, remote_partitions
from mainstem.assemble.postgres import open_records, server_address
from mainstem.assemble.privacy import pseudonym_keys
from mainstem.assemble.reload import LOOK_SECONDS
from mainstem.assemble.upkeep import DUMPS_FOLDER
from mainstem.assemble.warehouse import lake_location
from mainstem.errors import EnvironmentFailure, LogUnavailable, UsageError, WarehouseBusy
from mainstem.events import format_time, parse_time
from mainstem.log import STREAMS, LogSettings, log_folder, open_reader
from mainstem.log.archive import ArchiveReader
from mainstem.log.archive.rewrite import erase_archived
from mainstem.log.filesystem import LocalFileSystem
from mainstem.log.rewrite import Erased, erase_records, settled_segments
from mainstem.log.writer import LOCK_NAME
from mainstem.operate.erase import Job, JobFile, Report, Sought, Step, perform
from mainstem.operate.erase.records import links, record_judge
from mainstem.operate.erase.settings import ErasureSettings
from mainstem.operate.erase.sought import forms, sought
from mainstem.operate.erase.tables import Tables
from mainstem.privacy import PrivacySettings
from mainstem.privacy.erased import ledger_lines
from mainstem.store.erasures import Erasures
from mainstem.store.publications import Publications
from mainstem.store.traces import find_texts, strike_texts
from mainstem.transform import TransformSettings
from mainstem.warehouse.ducklake import Snapshots, StructureLock
from mainstem.warehouse.ducklake.erasing import DuckLakeErasing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from mainstem.assemble.project import Project
    from mainstem.log import LogReader, Stream
    from mainstem.log.archive import Storage
    from mainstem.store import Database
    from mainstem.warehouse.ducklake import LakeLocation

_READ_BYTES = 4 * 1024 * 1024
_ROLL_PATIENCE_SECONDS = 30.0
_FILES_PATIENCE_SECONDS = 30.0
_MOST_LINKS = 10_000
"""Ids of one person. More means that an id is shared by many, and that following links leads to them all."""
_MORE_ROUNDS = 2
_NOT_SEARCHED = ("log", "lake", "postgres", "extensions", "privacy")


@dataclass(frozen=True)
class Preview:
    """What an erasure would do."""

    ids: tuple[str, ...]
    """That are looked for: those asked for and the user ids linked with them, and pseudonyms."""
    found: tuple[str, ...]
    """Anonymous ids linked with them: erased where an event names no other user."""
    records: dict[str, int]
    """Of the log and its archive, by stream."""
    rows: dict[str, int]
    """By table."""


def preview_erasure(project: Project, values: tuple[str, ...]) -> Preview:
    """Look, and change nothing. Raises UsageError where nobody is named."""
    with _opened(project, values) as erasure:
        whom = erasure.find()
        records = dict(erasure.count_records(whom))
        rows = erasure.tables.count(erasure.tables.conditions(whom))
        return Preview(whom.ids, whom.found, records, {str(name): count for name, count in rows.items()})


def erase_person(
    project: Project, values: tuple[str, ...], asked_by: str, told: Callable[[str], None] = lambda _: None
) -> Report:
    """Erase, or end an erasure of the same ids that did not come to its end. What cannot be done now stands
    in the report. Raises UsageError where nobody is named, EnvironmentFailure when Postgres is away."""
    with _opened(project, values) as erasure:
        return erasure.run(asked_by, told)


def verify_erasure(project: Project, values: tuple[str, ...]) -> dict[str, int]:
    """Where one of `values` still stands, and how often; linked ids are not known any more."""
    with _opened(project, values) as erasure:
        return erasure.search(erasure.asked)


@contextmanager
def _opened(project: Project, values: tuple[str, ...]) -> Iterator[_Erasure]:
    given = tuple(sorted({one.strip() for one in values if one.strip()}))
    if not given:
        raise UsageError("nobody to erase: give --user-id, --anonymous-id, --email or --file")
    location = lake_location(project)
    with ExitStack() as stack:
        database = stack.enter_context(open_records(project, "erase"))
        erasing = DuckLakeErasing(location, server_address(project))
        stack.callback(erasing.close)
        yield _Erasure(project, location, erasing, database, given)


class _Erasure:
    """One erasure, with everything it reaches open."""

    def __init__(
        self,
        project: Project,
        location: LakeLocation,
        erasing: DuckLakeErasing,
        database: Database,
        given: tuple[str, ...],
    ) -> None:
        config = project.config
        settings = config.section("erasure", ErasureSettings)
        self._project, self._location, self._erasing, self._database = project, location, erasing, database
        self._given = given
        self._follows = settings.links == "follow"
        self._keys = pseudonym_keys(config, config.section("privacy", PrivacySettings))
        self._archive: Storage | None = open_archive(project)
        log = config.section("log", LogSettings)
        self._gateways, self._token = log.gateways, log.token
        models = config.section("transform", TransformSettings).schema
        self.tables = Tables(erasing, (models,), settings.columns)
        self.asked: Sought = sought(given, self._keys)

    def find(self) -> Sought:
        """The person asked for, with every id that is linked. Raises UsageError for one that is too many."""
        whom = self.asked
        while self._follows:
            users, anonymous = self.tables.linked(whom)
            for reader in self._readers("events"):
                for payload in _payloads(reader):
                    more = links(payload, whom)
                    users |= more[0]
                    anonymous |= more[1]
            wider = whom.plus(users, anonymous, self._keys)
            if wider == whom:
                break
            whom = wider
            if len(whom.ids) + len(whom.found) > _MOST_LINKS:
                raise UsageError(
                    f"more than {_MOST_LINKS:,} ids are linked with these: they are shared by many people. "
                    'Look at a few by hand, and set links = "ignore" under [erasure]'
                )
        return whom

    def count_records(self, whom: Sought) -> Counter[str]:
        found: Counter[str] = Counter()
        for stream in STREAMS:
            judge = record_judge(stream, whom)
            for reader in self._readers(stream):
                if count := sum(map(judge, _payloads(reader))):
                    where = "archive" if isinstance(reader, ArchiveReader) else "log"
                    found[f"{where}/{stream}"] += count
        return found

    def run(self, asked_by: str, told: Callable[[str], None]) -> Report:
        file, name = self._job_file()
        job = file.read()
        if job is None:
            told("find")
            job = Job(self._given, self.find(), format_time(datetime.now(UTC)))
            file.write(job)
        whom = job.sought
        began_at = parse_time(job.began_at) or datetime.now(UTC)
        report = perform(self._steps(whom, job.began_at), told)
        for _ in range(_MORE_ROUNDS):
            if not report.is_complete or not self._anything_of(whom):
                break
            # The loader, or a build, had read it before it was erased, and has written it since.
            report = report.followed_by(perform(self._steps(whom, job.began_at), told))
        if report.is_complete and self._anything_of(whom):
            report.failed["verify"] = "somebody goes on writing what was erased; run this command again"
        if report.is_complete:
            told("verify")
            report.left = self.search(whom)
        ended_at = datetime.now(UTC) if report.is_complete else None
        said = {"done": report.done, "failed": report.failed, "left": report.left}
        Erasures(self._database).note(name, asked_by, began_at, ended_at, said)
        if report.is_complete:
            file.remove()
        return report

    def _anything_of(self, whom: Sought) -> bool:
        return bool(self.tables.count(self.tables.conditions(whom)) or self.count_records(whom))

    def search(self, whom: Sought) -> dict[str, int]:
        """Where an id of theirs stands, and how often: rows, records, files."""
        texts = [form for one in whom.distinct for form in forms(one)]
        left: Counter[str] = Counter(self.count_records(whom))
        for table, count in self.tables.count(self.tables.conditions(whom)).items():
            left[f"table {table}"] += count
        for table, count in self.tables.mentions(whom).items():
            left[f"table {table}"] = max(left[f"table {table}"], count)
        if texts:
            for name, count in self._erasing.catalog_mentions(texts).items():
                left[f"catalog {name}"] += count
            for name, count in find_texts(self._database, texts).items():
                left[f"records {name}"] += count
            traces = [text.encode("utf-8", "surrogatepass") for text in texts]
            for path in self._files():
                if _holds(path, traces):
                    left[f"file {path}"] += 1
        return dict(left)

    def _steps(self, whom: Sought, at: str) -> list[Step]:
        def ledger() -> dict[str, int]:
            new = enter_in_ledger(self._project, whom.person, at)
            if new and self._a_gateway_is_at_work():
                time.sleep(2 * LOOK_SECONDS)  # until it has read the ledger, it takes more of their events
            return {"ids": new}

        steps = [Step("ledger", ledger)]
        steps += [Step(f"log/{stream}", self._log_step(stream, whom)) for stream in STREAMS]
        if self._gateways:
            steps.append(Step("other gateways", lambda: self._look_at_others(whom)))
        if self._archive is not None:
            steps += [Step(f"archive/{stream}", self._archive_step(stream, whom)) for stream in STREAMS]
        return [
            *steps,
            Step("tables", lambda: self._delete_rows(whom)),
            Step("publication", self._publish, needs=("tables",)),
            Step("files and snapshots", self._forget, needs=("tables", "publication")),
            Step("catalog dumps", self._remove_dumps, needs=("files and snapshots",)),
            Step("records", lambda: self._strike(whom)),
        ]

    def _log_step(self, stream: Stream, whom: Sought) -> Callable[[], dict[str, int]]:
        def erase() -> dict[str, int]:
            fs, folder, found = LocalFileSystem(), log_folder(self._project.data_dir) / stream, Erased()
            judge = record_judge(stream, whom)
            for partition in sorted(fs.directories(folder)):
                wait = _patience(_ROLL_PATIENCE_SECONDS)
                parts = settled_segments(fs, folder / partition, wait)
                found = found.plus(erase_records(fs, folder / partition, parts, judge, wait))
            return {"records": found.records, "segments": found.segments}

        return erase

    def _archive_step(self, stream: Stream, whom: Sought) -> Callable[[], dict[str, int]]:
        def erase() -> dict[str, int]:
            if self._archive is None:
                return {}
            found = erase_archived(self._archive, stream, record_judge(stream, whom))
            return {"records": found.records, "segments": found.segments}

        return erase

    def _look_at_others(self, whom: Sought) -> dict[str, int]:
        """What gateways on other machines keep can be read from here, and erased there alone."""
        judges = {stream: record_judge(stream, whom) for stream in STREAMS}
        for url in self._gateways:
            count = 0
            for reader, stream, partition in remote_partitions(url, self._token):
                count += sum(map(judges[stream], _payloads(reader, (partition,))))
            if count:
                raise LogUnavailable(
                    f"{count} records stand in the log of {url}: run this command on that machine too, then "
                    "here again"
                )
        return {}

    def _a_gateway_is_at_work(self) -> bool:
        fs, folder = LocalFileSystem(), log_folder(self._project.data_dir) / "events"
        for partition in fs.directories(folder):
            try:
                fs.lock(folder / partition / LOCK_NAME).close()
            except BlockingIOError:
                return True
        return False

    def _delete_rows(self, whom: Sought) -> dict[str, int]:
        gone = self.tables.delete(self.tables.conditions(whom))
        return {str(name): count for name, count in gone.items()}

    def _publish(self) -> dict[str, int]:
        """Show readers the newest snapshot: what was published, without the person."""
        publications = Publications(self._database)
        snapshots = Snapshots(self._location.catalog, self._location.metadata_schema)
        with closing(StructureLock(self._location.catalog)) as lock, lock, publications.together():
            current, now = publications.current(), datetime.now(UTC)
            if current is None or current.snapshot == snapshots.newest():
                return {}
            if publications.builds(1)[0].id != current.build_id:
                raise WarehouseBusy(
                    "readers are shown an older build than the last, and its snapshot holds the person: run "
                    "`mainstem build` until it is published (or end the hold), then this command again"
                )
            build = publications.begin(["erase"], "erasure", now)
            publications.finish(
                build,
                now,
                success=True,
                partial="",
                models=current.models,
                tests=current.tests,
                failures=[],
                snapshot=snapshots.newest(),
                consequence=f"published: build {current.build_id} without erased rows",
            )
            publications.publish(build, now, "erasure", "build", hold=current.hold)
        return {"published": 1}

    def _forget(self) -> dict[str, int]:
        wait = _patience(_FILES_PATIENCE_SECONDS)
        done: Counter[str] = Counter()
        while True:
            found = self._erasing.forget()
            done.update(tables=found.tables, snapshots=found.snapshots, files=found.files)
            if not found.waiting:
                return dict(done)
            if not wait():
                raise WarehouseBusy(
                    f"{found.waiting} files of the lake may still be read by somebody who began before; "
                    "run this command again to remove them"
                )

    def _remove_dumps(self) -> dict[str, int]:
        """They hold the old catalog, and name files that are no more."""
        folder = self._project.data_dir / DUMPS_FOLDER
        files = [file for file in folder.iterdir() if file.is_file()] if folder.is_dir() else []
        try:
            for file in files:
                file.unlink(missing_ok=True)
        except OSError as e:
            raise EnvironmentFailure(f"cannot remove {e.filename}: {e.strerror}") from e
        return {"files": len(files)}

    def _strike(self, whom: Sought) -> dict[str, int]:
        texts = [form for one in whom.distinct for form in forms(one)]
        return strike_texts(self._database, texts) if texts else {}

    def _readers(self, stream: Stream) -> Iterator[LogReader]:
        if self._gateways:
            with closing(project_log(self._project, stream)) as log:
                yield log
        else:
            yield open_reader(self._project.data_dir, stream)
        if self._archive is not None:
            yield ArchiveReader(self._archive, stream)

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


def _payloads(reader: LogReader, partitions: tuple[str, ...] | None = None) -> Iterator[bytes]:
    """Every record that can be read now, of all partitions or of these."""
    for partition in reader.partitions() if partitions is None else partitions:
        offset = reader.start(partition)
        while (batch := reader.read(partition, offset, _READ_BYTES)).records:
            yield from (payload for _, payload in batch.records)
            offset = batch.next_offset


def _patience(seconds: float) -> Callable[[], bool]:
    """Pauses at each call, until so many seconds are over in all."""
    until = time.monotonic() + seconds

    def wait() -> bool:
        time.sleep(0.1)
        return time.monotonic() < until

    return wait


def _holds(path: Path, traces: list[bytes]) -> bool:
    longest = max(map(len, traces))
    tail = b""
    try:
        with path.open("rb") as file:
            while piece := file.read(_READ_BYTES):
                if any(trace in tail + piece for trace in traces):
                    return True
                tail = piece[-longest:]
    except FileNotFoundError:  # removed meanwhile, as logs and caches are
        return False
    return False
