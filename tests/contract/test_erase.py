"""A person is erased from everything a project keeps, and nobody else is touched."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import re
import subprocess
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mainstem.assemble.archive import archive_once
from mainstem.assemble.erase import erase_person, preview_erasure, verify_erasure
from mainstem.assemble.erased import ledger_file
from mainstem.assemble.event_catalogue import read_tables, refresh
from mainstem.assemble.load import run_loader
from mainstem.assemble.postgres import embedded_server, open_records, postgres_child, prepare_databases
from mainstem.assemble.project import open_project
from mainstem.assemble.retention import apply_retention
from mainstem.assemble.upkeep import DUMPS_FOLDER
from mainstem.assemble.warehouse import lake_location, open_warehouse
from mainstem.cohorts.lake import write_members
from mainstem.events import Quarantined, Received, encode_quarantined, encode_received
from mainstem.log import LogSettings, open_reader, open_writer
from mainstem.store.cohorts import Cohorts, KeptCohort
from mainstem.store.dump import dump_schema, find_pg_dump
from mainstem.store.publications import Publications
from mainstem.store.queries import QueryRun, QueryRuns, RunFilter
from mainstem.supervise import Supervisor
from mainstem.warehouse import ColumnType, TableName
from mainstem.warehouse.ducklake import DuckLakeUpkeep, Snapshots

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.assemble.project import Project
    from mainstem.log import Stream
    from mainstem.store import EmbeddedServer

pytestmark = pytest.mark.long

ANA, MAIL, LEGACY, SOLO, SHARED = (
    "ana-7f3e9c21", "Ana.7f3e@example.com", "legacy-ana/31337", "anon-ana-solo-9", "browser-shared-1",
)  # fmt: skip
TOKENS = (ANA, MAIL, MAIL.lower(), MAIL.upper(), LEGACY, SOLO)
SMALL = LogSettings(segment_bytes=1500)

TOML = """
[[sources]]
id = "web"
name = "Web"
write_keys = ["key"]
[log]
archive = "archive"
[catalogue]
sample_people = 1
"""


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[Project, EmbeddedServer]]:
    with tempfile.TemporaryDirectory(prefix="mainstem-test-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "mainstem.toml").write_text(TOML)
        project = open_project(folder)
        server = embedded_server(project)
        assert server is not None
        with Supervisor(folder / "logs") as supervisor:
            supervisor.start(postgres_child(server))
            prepare_databases(project)
            yield project, server


@pytest.fixture
def project(server: tuple[Project, EmbeddedServer]) -> Project:
    return server[0]


def write(project: Project, stream: Stream, *payloads: bytes) -> None:
    async def append() -> None:
        writer = open_writer(project.data_dir, stream, "gateway-0", SMALL)
        for payload in payloads:
            await writer.append([payload])
        await writer.close()

    asyncio.run(append())


def received(**event: Any) -> bytes:
    raw = json.dumps(event).encode()
    return encode_received(Received("2026-01-02T03:04:05.678Z", "10.0.0.1", "web", msgspec.Raw(raw)))


def events(run: int) -> list[bytes]:
    """Of Ana under every name, and of others, some at her browser."""
    made: list[bytes] = []
    for number in range(6):
        who = f"{run}-{number}"
        price: object = 2.5 if run == 0 else f"as {ANA}"
        made += [
            received(type="track", event="Paid", messageId=f"bob-{who}", userId="bob", anonymousId=SHARED,
                     properties={"price": 1.5, "note": "x" * 40}),
            received(type="track", event="Paid", messageId=f"ana-{who}", userId=ANA, anonymousId=SHARED,
                     properties={"price": price, "shelf": f"of {ANA}"}),
            received(type="page", name="Home", messageId=f"solo-{who}", anonymousId=SOLO),
            received(type="page", name="Home", messageId=f"old-{who}", userId=LEGACY),
            received(type="track", event="Seen", messageId=f"shared-{who}", anonymousId=SHARED),
        ]  # fmt: skip
    return [
        *made,
        received(type="identify", messageId=f"i-{run}", userId=ANA, anonymousId=SOLO, traits={"email": MAIL}),
        received(type="identify", messageId=f"b-{run}", userId="bob", traits={"email": "bob@example.com"}),
        received(type="alias", messageId=f"a-{run}", userId=ANA, previousId=LEGACY),
        received(type="trace", messageId=f"q-{run}", userId=ANA),
        received(type="trace", messageId=f"r-{run}", userId="bob"),
    ]


def everybody_else(project: Project) -> dict[str, list[Any]]:
    """Every row of every table that is not Ana's, by the message id's first letters."""
    lake = open_warehouse(project, read_only=True)
    try:
        found = {}
        for table in sorted(set(lake.columns("web")) - {"rudder_discards"}):
            own = "SELECT * FROM web.{} WHERE id = 'bob' OR id LIKE 'b%' ORDER BY id"
            rows = lake.query(own.format(table))
            found[table] = rows.to_pylist()
        return found
    finally:
        lake.close()


def forms(token: str) -> set[bytes]:
    texts = {token, json.dumps(token)[1:-1], quote(token, safe=""), token.replace("/", "\\/")}
    return {text.encode(code) for text in texts for code in ("utf-8", "utf-16-le")}


def places(project: Project, server: EmbeddedServer) -> Iterator[tuple[str, bytes]]:
    """The bytes of everything that is kept: files, what is compressed in them, dumps of every database."""
    for file in [*project.data_dir.rglob("*"), *(project.folder / "archive").rglob("*")]:
        is_postgres = server.folder in file.parents or "extensions" in file.parts
        if file.is_file() and not is_postgres:
            data = file.read_bytes()
            yield str(file), data
            if file.suffix == ".parquet":
                yield f"{file} decoded", repr(pq.read_table(file).to_pydict()).encode()
            if data[:2] == b"\x1f\x8b":
                yield f"{file} unzipped", gzip.decompress(data)
    program = find_pg_dump(server.programs.folder)
    assert program is not None
    address = server.address
    for database in ("catalog", "mainstem", "crm", "postgres"):
        command = [str(program), "-h", address.host, "-p", str(address.port), "-U", address.user, database]
        yield database, subprocess.run(command, capture_output=True, check=True, env={**os.environ}).stdout


def standing(project: Project, server: EmbeddedServer) -> set[str]:
    traces = {form for token in TOKENS for form in forms(token)}
    return {name for name, data in places(project, server) if any(trace in data for trace in traces)}


def samples_of(project: Project, column: str) -> set[str]:
    """Values that the event catalogue shows of it."""
    catalogue = read_tables(lake_location(project))
    found = [one for some in catalogue.properties.values() for one in some if one.column_name == column]
    return {sample.value for one in found for sample in one.sample_values}


def compact(project: Project, server: EmbeddedServer) -> None:
    upkeep = DuckLakeUpkeep(lake_location(project), server.address)
    try:
        for table in upkeep.tables():
            upkeep.merge(table.name, smallest=0, largest=2**24)
    finally:
        upkeep.close()


def publish(project: Project) -> int:
    location = lake_location(project)
    snapshot = Snapshots(location.catalog, location.metadata_schema).newest()
    with open_records(project, "test") as database:
        publications, now = Publications(database), datetime.now(UTC)
        build = publications.begin(["build"], "test", now)
        publications.finish(
            build, now, success=True, partial="", models=1, tests=1, failures=[f"as {ANA}"],
            snapshot=snapshot, consequence=f"published for {ANA}",
        )  # fmt: skip
        publications.publish(build, now, None, "build", hold=False)
    return snapshot


def keep_cohort(project: Project) -> None:
    """Ana under every name, and as models call her, with Bob; in the records and in the lake."""
    people = TableName("analytics", "people")
    rows = {"user_id": [ANA, "bob"], "person_id": ["p-ana", "p-bob"]}
    lake = open_warehouse(project, read_only=False)
    try:
        with lake.transaction("test", ddl=True) as made, open_records(project, "test") as database:
            made.create_table(people, dict.fromkeys(rows, ColumnType.STRING))
            made.append(people, pa.table(rows))
            cohorts, now = Cohorts(database), datetime.now(UTC)
            cohorts.make(
                KeptCohort(
                    "buyers",
                    "Buyers",
                    "",
                    "ada",
                    "person",
                    "m",
                    ["events"],
                    True,
                    {"type": "funnel"},
                    {"step": 1},
                    {"sees_everything": True},
                    now,
                    None,
                    None,
                    "",
                    None,
                )
            )
            cohorts.counted("buyers", now, [ANA, LEGACY, SOLO, "p-ana", "p-bob", "bob"], 0.1, {})
        with open_records(project, "test") as database:
            assert write_members(Cohorts(database), lake) == ["buyers"]
    finally:
        lake.close()


def in_cohort(project: Project) -> tuple[list[str], list[str]]:
    """Members in the records, and in the lake once it was brought up to them again."""
    lake = open_warehouse(project, read_only=False)
    try:
        with open_records(project, "test") as database:
            write_members(Cohorts(database), lake)
            kept = [one.id for one in Cohorts(database).members("buyers")]
        rows = lake.query("SELECT id FROM cohorts.members ORDER BY id")
        return kept, rows["id"].to_pylist()
    finally:
        lake.close()


def ask(project: Project, *texts: str) -> None:
    """Run queries, as the query log sees it."""
    with open_records(project, "test") as database:
        now = datetime.now(UTC)
        runs = (
            QueryRun(now, "web", "ada", f"/look?who={quote(text)}", text, 0.1, error=text) for text in texts
        )
        QueryRuns(database).add(list(runs))


def test_one_person_among_many_is_erased_from_everywhere_and_stays_so(
    server: tuple[Project, EmbeddedServer],
) -> None:
    project, postgres = server
    write(project, "events", *events(0))
    run_loader(project.folder, once=True)
    compact(project, postgres)
    write(project, "events", *events(1))
    held = {"type": "track", "userId": ANA, "event": "No"}
    others = {"type": "track", "userId": "bob", "event": "No"}
    write(
        project,
        "quarantine",
        *(
            encode_quarantined(
                Quarantined(
                    "2026-01-02T03:04:05.678Z", "10.0.0.1", "web", "no", msgspec.Raw(json.dumps(one).encode())
                )
            )
            for one in (held, others)
        ),
    )
    run_loader(project.folder, once=True)
    assert archive_once(project) >= 0
    keep_cohort(project)
    old = publish(project)
    location = lake_location(project)
    program = find_pg_dump(postgres.programs.folder)
    assert program is not None
    dump_schema(
        location.catalog, location.metadata_schema, program, project.data_dir / DUMPS_FOLDER / "a.dump"
    )
    refresh(project)
    ask(project, f"SELECT '{ANA}'", f"SELECT '{MAIL.upper()}'", f'SELECT "{LEGACY}"', "SELECT 'bob'")
    before, ends = everybody_else(project), open_reader(project.data_dir, "events").end("gateway-0")

    found = preview_erasure(project, (MAIL,))
    assert {ANA, LEGACY} <= set(found.ids)
    assert SOLO in found.found
    assert samples_of(project, "shelf") == {f"of {ANA}"}
    assert {"mainstem", "catalog"} <= standing(project, postgres)
    report = erase_person(project, (MAIL,), "test")
    assert (report.failed, report.left) == ({}, {})
    assert report.done["publication"] == {"published": 1}

    assert standing(project, postgres) == set()
    assert in_cohort(project) == (["bob", "p-bob"], ["bob", "p-bob"])
    assert samples_of(project, "shelf") == set()
    with open_records(project, "test") as database:
        asked = {run.sql for run in QueryRuns(database).newest(9, RunFilter())}
    assert asked >= {"SELECT '[erased]'", 'SELECT "[erased]"', "SELECT 'bob'"}
    assert everybody_else(project) == before
    assert not Snapshots(location.catalog, location.metadata_schema).exists(old)
    log = open_reader(project.data_dir, "events")
    kept = [p for _, p in log.read("gateway-0", 0, 10**9).records]
    assert log.end("gateway-0") == ends
    assert kept
    lake = open_warehouse(project, read_only=True)
    try:
        count = lake.query("SELECT count(*) AS n FROM mainstem.quarantine")["n"].to_pylist()
        shared = lake.query("SELECT count(*) AS n FROM web.seen")["n"].to_pylist()
        columns = lake.columns("web")
        discards = lake.query("SELECT count(*) AS n FROM web.rudder_discards")["n"].to_pylist()
    finally:
        lake.close()
    assert count == [2]
    assert shared == [12]
    assert "rudder_discards" in columns
    assert discards == [0]

    write(
        project, "events",
        received(type="track", event="Paid", messageId="late", userId=ANA),
        received(type="track", event="Paid", messageId="bob-late", userId="bob"),
    )  # fmt: skip
    run_loader(project.folder, once=True)
    lake = open_warehouse(project, read_only=True)
    try:
        assert lake.query("SELECT id FROM web.tracks WHERE id LIKE '%late'")["id"].to_pylist() == ["bob-late"]
    finally:
        lake.close()
    assert ANA not in ledger_file(project).read_text()
    assert verify_erasure(project, (ANA,)) == {"log/events": 1}
    assert erase_person(project, (ANA,), "test").left == {}
    assert standing(project, postgres) == set()


def test_nobody_is_found_by_an_id_that_nobody_has(project: Project) -> None:
    found = preview_erasure(project, ("nobody-at-all",))
    assert (found.ids, found.found, found.records, found.rows) == (("nobody-at-all",), (), {}, {})


def test_an_erasure_that_was_killed_is_ended_by_beginning_it_again(
    server: tuple[Project, EmbeddedServer],
) -> None:
    project, postgres = server
    made = [
        received(type="identify", messageId="k1", userId="cyn-55501", traits={"email": "cyn@example.com"}),
        received(type="track", event="Paid", messageId="k2", userId="cyn-55501"),
        received(type="track", event="Paid", messageId="k3", userId="cyn-555012"),
    ]
    write(project, "events", *made)
    run_loader(project.folder, once=True)
    ask(project, "SELECT 'cyn-55501'", "SELECT 'cyn-555012'")

    def die(step: str) -> None:
        if step == "tables":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        erase_person(project, ("cyn@example.com",), "test", die)
    report = erase_person(project, ("cyn@example.com",), "test")
    assert (report.failed, report.left) == ({}, {})
    hers = re.compile(rb"cyn-55501(?!2)")
    assert not [name for name, data in places(project, postgres) if hers.search(data)]
    assert {"catalog", "mainstem"} <= {n for n, data in places(project, postgres) if b"cyn-555012" in data}
    assert not list((project.data_dir / "privacy").glob("erasing-*"))


def test_rows_are_kept_as_long_as_the_rules_say(server: tuple[Project, EmbeddedServer]) -> None:
    project, _ = server
    write(
        project,
        "events",
        received(type="track", event="Kept Long", messageId="t1", userId="dan"),
        received(type="track", event="Kept Short", messageId="t2", userId="dan"),
    )
    run_loader(project.folder, once=True)
    rules = '[[retention]]\nkeep_days = 30\nevents = ["kept_short"]\n'
    (project.folder / "mainstem.toml").write_text(TOML + rules)
    ruled = open_project(project.folder)
    later = datetime(2026, 3, 1, tzinfo=UTC)
    expected = {"web.tracks": 1, "web.kept_short": 1}
    assert apply_retention(ruled, datetime(2026, 1, 10, tzinfo=UTC)) == {}
    assert apply_retention(ruled, later, dry_run=True) == expected
    assert apply_retention(ruled, later) == expected
    assert apply_retention(ruled, later) == {}
    lake = open_warehouse(project, read_only=True)
    try:
        ids = lake.query("SELECT id FROM web.tracks WHERE id LIKE 't%'")["id"].to_pylist()
        assert ids == ["t1"]
    finally:
        lake.close()
