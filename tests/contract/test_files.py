"""The files connector keeps the contract on a folder and on a bucket, and agrees with DuckDB's readers."""

from __future__ import annotations

import bz2
import gzip
import json
import os
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import duckdb
import obstore
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from obstore.store import S3Store

from mainstem.connectors import Asked, Opening
from mainstem.connectors.files import KIND
from mainstem.connectors.files.settings import FilesSettings, FileTable
from mainstem.connectors.landing import Landing
from mainstem.connectors.run import Sync, SyncResult, Wanted
from mainstem.errors import ConfigError
from mainstem.saas import MemoryBudget, Patience
from mainstem.testing.bucket import new_bucket
from mainstem.testing.connector_contract import SourceContract
from mainstem.testing.connector_subject import ConnectorSubject
from mainstem.testing.connectors import NOON, RecordingLedger, StillClock
from mainstem.testing.quiet_service import QuietService
from mainstem.testing.warehouse import MemoryWarehouse
from mainstem.warehouse import ColumnType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from mainstem.connectors import Connector
    from mainstem.simulate.saas import ControlledClock, Service
    from mainstem.testing.connector_subject import Rows

LINES = 24


class FilesSubject(ConnectorSubject):
    """A log that grows, files that are replaced, and files that are not read a second time."""

    kind = "files"
    stream = "visits"
    path = ""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._added = 0
        self._ticks = 0

    def make_service(self, clock: ControlledClock) -> QuietService[Path]:
        (self._folder / "logs").mkdir(parents=True)
        self._log([{"n": n, "page": f"/{n}"} for n in range(LINES)])
        for day in (1, 2, 3):
            self._csv(day, [(day * 10 + n, f"item {n}") for n in range(4)])
        (self._folder / "counts").mkdir()
        self._parquet(0, 12)
        self._packed("old.ndjson.gz", [{"n": 1000 + n, "page": "/old"} for n in range(4)])
        return QuietService(clock, self._folder)

    def settings(self, base_url: str) -> Mapping[str, Any]:
        return {
            "location": str(self._folder),
            "page_rows": 5,
            "tables": {
                "visits": {"files": "logs/*.ndjson*", "format": "ndjson"},
                "items": {"files": "items-*.csv", "format": "csv", "columns": {"id": "int"}, "key": ["id"],
                          "removed": "delete"},
                "counts": {"files": "counts/*.parquet", "format": "parquet"},
            },
        }  # fmt: skip

    def change(self, service: Service) -> None:
        self._added += 1
        self._log([{"n": 100 + self._added, "page": "/new"}])
        self._packed(f"more-{self._added}.ndjson.gz", [{"n": 2000 + self._added, "page": "/more"}])
        self._parquet(self._added, 2)
        self._csv(2, [(20 + n, f"changed {self._added}") for n in range(2 + self._added % 3)])

    def remove(self, service: Service) -> None:
        (self._folder / "items-1.csv").unlink()

    def add_field(self, service: Service) -> tuple[str, str]:
        self._log([{"n": 500, "page": "/field", "agent": "robot"}])
        return "visits", "agent"

    def expected(self, service: Service) -> Mapping[str, Rows]:
        visits: dict[str, Any] = {}
        for file in sorted((self._folder / "logs").iterdir()):
            text = (
                gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
            ).decode()
            for number, line in enumerate(text.splitlines(), start=1):
                visits[f'["logs/{file.name}",{number}]'] = json.loads(line)
        items: dict[str, Any] = {}
        for file in sorted(self._folder.glob("items-*.csv")):
            for line in file.read_text(encoding="utf-8").splitlines()[1:]:
                key, name = line.split(",")
                items[key] = {"id": int(key), "name": name, "_file": file.name}
        counts = {
            f'["counts/{file.name}",{number}]': row
            for file in sorted((self._folder / "counts").iterdir())
            for number, row in enumerate(pq.read_table(file).to_pylist(), start=1)
        }
        return {"visits": visits, "items": items, "counts": counts}

    def _log(self, rows: list[dict[str, Any]]) -> None:
        with (self._folder / "logs" / "a.ndjson").open("a", encoding="utf-8") as log:
            log.writelines(json.dumps(row) + "\n" for row in rows)

    def _packed(self, name: str, rows: list[dict[str, Any]]) -> None:
        text = "".join(json.dumps(row) + "\n" for row in rows)
        (self._folder / "logs" / name).write_bytes(gzip.compress(text.encode()))

    def _parquet(self, number: int, rows: int) -> None:
        table = pa.table({"n": list(range(rows)), "half": [n / 2 for n in range(rows)]})
        pq.write_table(table, self._folder / "counts" / f"{number}.parquet", row_group_size=4)

    def _csv(self, day: int, rows: list[tuple[int, str]]) -> None:
        path = self._folder / f"items-{day}.csv"
        text = "".join(f"{number},{name}\n" for number, name in rows)
        path.write_text("id,name\n" + text, encoding="utf-8")
        self._ticks += 1  # another time of change, however fast the test is
        os.utime(path, ns=(10**18 + self._ticks, 10**18 + self._ticks))


class TestFiles(SourceContract):
    @pytest.fixture(autouse=True)
    def _with_folder(self, tmp_path: Path) -> None:
        self._folder = tmp_path / "source"

    def subject(self) -> ConnectorSubject:
        return FilesSubject(self._folder)


class Reader:
    """A connector to a folder or a bucket, and a warehouse in memory."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.warehouse = MemoryWarehouse()
        self.ledger = RecordingLedger()
        self.pseudonym: Callable[[str], str] | None = lambda text: f"k1:{text}"
        self.given: dict[str, Any] = {"location": str(folder)}
        self._clock = StillClock()

    def write(self, name: str, content: str | bytes, *, changed: int = 0) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        if changed:
            moment = int((NOON + timedelta(minutes=changed)).timestamp())
            os.utime(path, (moment, moment))
        return path

    def opened(self, tables: dict[str, FileTable], **settings: Any) -> Connector:
        made = FilesSettings(type="files", tables=tables, **{**self.given, **settings})
        budget = MemoryBudget(self._clock)
        return KIND.open(Opening("f", made, budget, self._clock, self.folder, Patience(), self.folder))

    def sync(self, wanted: Wanted | None = None, **table: Any) -> SyncResult:
        self._clock.advance(60)
        tables = {"t": FileTable(**table)}
        with closing(self.opened(tables)) as connector:
            landing = Landing(self.warehouse, "source", self._clock, pseudonym=self.pseudonym)
            return Sync("f", connector, landing, self.ledger, self._clock).run(wanted or Wanted())

    def rows(self, table: str = "t", order: str = "_file, _line") -> list[dict[str, Any]]:
        sql = f"SELECT * FROM source.{table} WHERE NOT _fivetran_deleted ORDER BY {order}"
        found: list[dict[str, Any]] = self.warehouse.query(sql).to_pylist()
        return [{name: value for name, value in row.items() if name not in _OURS} for row in found]

    def rejected(self) -> list[tuple[str, int, str]]:
        return [(row["_file"], row["_line"], row["reason"]) for row in self.rows("t_rejected")]


_OURS = ("_key", "_fivetran_synced", "_fivetran_deleted", "_modified")
_PLACE = ("_file", "_line")


def bare(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name not in _PLACE} for row in rows]


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    made = Reader(tmp_path / "files")
    made.folder.mkdir()
    yield made
    made.warehouse.close()


CSV = '''id,name,amount,at
1,"quoted, with a comma",1.5,2026-01-31T12:00:00Z
2,"two
lines and ""quotes""",-0.25,2026-01-31 13:00:00
3,,,
4,plain,1e3,2026-02-01T00:00:00+02:00
'''


def test_csv_agrees_with_duckdb_row_by_row(reader: Reader) -> None:
    path = reader.write("a.csv", CSV)
    kinds = {"id": ColumnType.INT, "amount": ColumnType.FLOAT, "at": ColumnType.DATETIME}
    assert reader.sync(files="*.csv", format="csv", columns=kinds).state == "success"
    duck = duckdb.connect()
    duck.execute("SET TimeZone = 'UTC'")
    columns = "{'id': 'BIGINT', 'name': 'VARCHAR', 'amount': 'DOUBLE', 'at': 'TIMESTAMPTZ'}"
    sql = f"SELECT * FROM read_csv('{path}', header = true, columns = {columns})"
    assert bare(reader.rows()) == duck.execute(sql).to_arrow_table().to_pylist()
    assert [row["_line"] for row in reader.rows()] == [2, 3, 5, 6]
    assert not reader.rejected()


@pytest.mark.parametrize("suffix", ["", ".gz", ".zst", ".bz2"])
def test_ndjson_agrees_with_duckdb_however_it_is_packed(reader: Reader, suffix: str) -> None:
    rows = [{"id": n, "score": n / 4, "nested": {"a": [n, None]}, "seen": n % 2 == 0} for n in range(40)]
    text = "".join(json.dumps(row) + "\n" for row in rows).encode()
    plain = reader.write("plain/a.ndjson", text)
    pack: dict[str, Callable[[bytes], bytes]] = {
        "": lambda data: data,
        ".gz": lambda data: gzip.compress(data[:500]) + gzip.compress(data[500:]),
        ".zst": lambda data: pa.compress(data, "zstd", asbytes=True),
        ".bz2": lambda data: bz2.compress(data),
    }
    reader.write(f"logs/a.ndjson{suffix}", pack[suffix](text))
    assert reader.sync(files="logs/*", format="ndjson").state == "success"
    found = duckdb.execute(f"SELECT id, score, nested::JSON AS nested, seen FROM read_json('{plain}')")
    expected = found.to_arrow_table().to_pylist()
    got = bare(reader.rows())
    for row in (*got, *expected):
        row["nested"] = json.loads(row["nested"])
    assert got == expected


def test_parquet_agrees_with_duckdb_row_by_row(reader: Reader) -> None:
    path = reader.folder / "a.parquet"
    sql = """SELECT range AS n, range / 3.0 AS ratio, 'text ' || range AS "Some Text", range % 2 = 0 AS even,
        TIMESTAMP '2026-01-01 00:00:00' + INTERVAL (range) SECOND AS at, [range, NULL] AS list,
        {'a': range} AS struct, DATE '2026-01-01' + range::INT AS day, (range / 7)::DECIMAL(9, 2) AS price,
        CASE WHEN range > 5 THEN NULL ELSE range END AS maybe FROM range(5000)"""
    duckdb.execute(f"COPY ({sql}) TO '{path}' (FORMAT parquet, ROW_GROUP_SIZE 2048)")
    assert reader.sync(files="*.parquet", format="parquet").state == "success"
    duck = duckdb.connect()
    duck.execute("SET TimeZone = 'UTC'")
    plain = f"""SELECT n, ratio, "Some Text" AS some_text, even, "at"::TIMESTAMPTZ AS at, list::JSON AS list,
        struct::JSON AS struct, day::TIMESTAMPTZ AS day, price::DOUBLE AS price, maybe
        FROM read_parquet('{path}') ORDER BY n"""
    assert bare(reader.rows()) == duck.execute(plain).to_arrow_table().to_pylist()
    assert [row["_line"] for row in reader.rows()] == list(range(1, 5001))


def test_lines_that_cannot_be_read_are_kept_with_the_reason_and_no_value(reader: Reader) -> None:
    lines = [b"id,name", b"1,ok", b"secret,bad", b"2,too,many", b"3,\xff\xfe", b'4,"never ends', b"5,ok"]
    reader.write("a.csv", b"\n".join([*lines, b"6,x" * 9]))
    reader.sync(files="*.csv", format="csv", columns={"id": ColumnType.INT})
    assert [row["id"] for row in reader.rows()] == [1, 5]
    assert reader.rejected() == [
        ("a.csv", 3, "id is no int"),
        ("a.csv", 4, "3 fields where there are 2 columns"),
        ("a.csv", 5, "is not utf-8: invalid start byte"),
        ("a.csv", 6, "unexpected end of data"),
        ("a.csv", 8, "10 fields where there are 2 columns"),
    ]
    assert not any("secret" in reason for _, _, reason in reader.rejected())
    assert [(row["lines"], row["rejected"]) for row in reader.rows("t_file", "_file")] == [(2, 5)]


def test_ndjson_that_is_none_is_rejected(reader: Reader) -> None:
    reader.write("a.ndjson", '{"a": 1}\nnot json\n[1]\n\n{"b B": 1, "b_b": 2}\n{"a": "x"}\n{"a": 2')
    reader.sync(files="*.ndjson", format="ndjson", columns={"a": ColumnType.INT})
    assert [row["a"] for row in reader.rows()] == [1]
    assert [(line, reason.partition(":")[0]) for _, line, reason in reader.rejected()] == [
        (2, "is no JSON"),
        (3, "is JSON, and no object"),
        (5, "has two fields that would both be the column b_b"),
        (6, "a is no int"),
        (7, "is no JSON"),
    ]


def test_a_packed_file_that_is_cut_off_gives_what_it_has_and_says_where_it_ends(reader: Reader) -> None:
    text = "".join(f'{{"n": {n}, "salt": "{os.urandom(40).hex()}"}}\n' for n in range(2000)).encode()
    reader.write("a.ndjson.gz", gzip.compress(text)[:-5000])
    reader.sync(files="*.gz", format="ndjson")
    found = reader.rows()
    assert 100 < len(found) < 2000
    ((file, line, reason),) = reader.rejected()
    assert (file, line) == ("a.ndjson.gz", len(found) + 1)
    assert reason.startswith("the file cannot be read from here on")
    reader.write("a.ndjson.gz", gzip.compress(text), changed=1)
    reader.sync(files="*.gz", format="ndjson")
    assert len(reader.rows()) == 2000
    assert not reader.rejected()


def test_a_file_that_is_no_parquet_is_told(reader: Reader) -> None:
    reader.write("a.parquet", "no parquet at all")
    assert reader.sync(files="*.parquet", format="parquet").state == "success"
    ((_, line, reason),) = reader.rejected()
    assert line == 1
    assert "cannot be read" in reason


def test_a_log_that_grows_is_read_on_and_a_half_written_line_is_read_again(reader: Reader) -> None:
    reader.write("a.csv", "n,name\n1,one\n2,tw", changed=1)
    table: dict[str, Any] = {"files": "*.csv", "format": "csv"}
    reader.sync(**table)
    assert [row["name"] for row in reader.rows()] == ["one", "tw"]
    reader.write("a.csv", "n,name\n1,one\n2,two\n3,three\n4", changed=2)
    second = reader.sync(**table)
    assert [row["name"] for row in reader.rows()] == ["one", "two", "three"]
    assert [line for _, line, _ in reader.rejected()] == [5]
    assert second.streams[0].rows < 8
    reader.write("a.csv", "n,name\n1,one\n2,two\n3,three\n4,four\n", changed=3)
    reader.sync(**table)
    assert [row["_line"] for row in reader.rows()] == [2, 3, 4, 5]
    assert not reader.rejected()
    assert [(row["lines"], row["rejected"]) for row in reader.rows("t_file", "_file")] == [(4, 0)]


def test_a_file_that_begins_with_other_bytes_is_replaced(reader: Reader) -> None:
    table: dict[str, Any] = {"files": "*.csv", "format": "csv"}
    reader.write("a.csv", "n\n1\n2\n3\n", changed=1)
    reader.sync(**table)
    reader.write("a.csv", "n\n7\n8\n9\n10\n", changed=2)
    reader.sync(**table)
    assert [row["n"] for row in reader.rows()] == ["7", "8", "9", "10"]
    reader.write("a.csv", "n\n7\n", changed=3)
    reader.sync(**table)
    assert [row["n"] for row in reader.rows()] == ["7"]


def test_a_heading_alone_waits_for_its_rows(reader: Reader) -> None:
    table: dict[str, Any] = {"files": "*.csv", "format": "csv"}
    reader.write("a.csv", "n,m\n", changed=1)
    reader.sync(**table)
    assert reader.rows() == []
    reader.write("a.csv", "n,m\n1,2\n", changed=2)
    reader.sync(**table)
    assert bare(reader.rows()) == [{"n": "1", "m": "2"}]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "latin-1", "cp1252", "utf-16"])
def test_encodings(reader: Reader, encoding: str) -> None:
    reader.write("a.csv", "größe;wert\né;1\n".encode(encoding))
    reader.sync(files="*.csv", format="csv", encoding=encoding, delimiter=";")
    assert bare(reader.rows()) == [{"gr_e": "é", "wert": "1"}] or bare(reader.rows())[0]["wert"] == "1"
    assert not reader.rejected()


def test_dialects(reader: Reader) -> None:
    reader.write("a.csv", "# made by hand\n1|'a|b'|NULL\n2|'it\\'s'|\n")
    reader.sync(files="*.csv", format="csv", header=False, names=("n", "text", "note"), skip=1,
                delimiter="|", quote="'", escape="\\", nulls=("", "NULL"))  # fmt: skip
    assert bare(reader.rows()) == [
        {"n": "1", "text": "a|b", "note": None},
        {"n": "2", "text": "it's", "note": None},
    ]


def test_a_dialect_is_found_out_only_where_that_is_asked_for(reader: Reader) -> None:
    reader.write("a.csv", "n;m\n1;2\n3;4\n")
    reader.sync(files="*.csv", format="csv")
    assert set(bare(reader.rows())[0]) == {"n_m"}
    reader.write("a.csv", "n;m\n1;2\n3;4\n", changed=1)
    reader.sync(files="*.csv", format="csv", detect=True)
    assert [(row["n"], row["m"]) for row in reader.rows()] == [("1", "2"), ("3", "4")]


CLOUDFRONT = (
    "#Version: 1.0\n#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem "
    "sc-status cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type"
    " x-edge-request-id x-host-header "
    "cs-protocol cs-bytes time-taken x-forwarded-for ssl-protocol ssl-cipher x-edge-response-result-type "
    "cs-protocol-version fle-status fle-encrypted-fields c-port time-to-first-byte "
    "x-edge-detailed-result-type sc-content-type sc-content-len sc-range-start sc-range-end\n"
    "2026-01-31\t12:00:01\tDFW3\t2390\t203.0.113.77\tGET\td1.cloudfront.net\t/view\t200\t-\tMozilla/5.0%20x\t"
    "mail=anna@acme.example&n=1\t-\tHit\tid==\twww.acme.example\thttps\t45\t0.002\t203.0.113.9,%2010.0.0.1\t"
    "TLSv1.3\tTLS_AES\tHit\tHTTP/2.0\t-\t-\t11040\t0.001\tHit\ttext/html\t78\t-\t-\n"
    "2026-01-31\t12:00:02\tDFW3\tmany\t203.0.113.77\tGET\n"
)


def test_logs_of_cloudfront(reader: Reader) -> None:
    reader.write("E1.2026-01-31-12.ab.gz", gzip.compress(CLOUDFRONT.encode()))
    reader.sync(files="*.gz", format="cloudfront")
    (row,) = reader.rows()
    assert row["finished_at"] == datetime(2026, 1, 31, 12, 0, 1, tzinfo=UTC)
    assert (row["sc_bytes"], row["time_taken"], row["c_port"], row["sc_status"]) == (2390, 0.002, 11040, 200)
    assert (row["c_ip"], row["x_forwarded_for"]) == ("203.0.113.0", "203.0.113.0, 10.0.0.0")
    assert (row["cs_host"], row["cs_user_agent"]) == ("d1.cloudfront.net", "Mozilla/5.0%20x")
    assert row["cs_uri_query"] == "mail=[email]&n=1"
    assert row["cs_referer"] is None
    assert reader.rejected() == [("E1.2026-01-31-12.ab.gz", 4, "6 fields where 33 are named")]


ALB = (
    "h2 2026-01-31T22:23:00.186641Z app/lb/50dc 10.0.1.252:48160 10.0.0.66:9000 0.000 0.002 0.001 200 200 "
    "5 257 "
    '"GET https://10.0.2.105:773/a?b=c HTTP/2.0" "curl/7.46.0 \\x22q\\x22" ECDHE-RSA TLSv1.2 '
    'arn:aws:tg "Root=1-58337327" "api.acme.example" "session-reused" 1 2026-01-31T22:22:48.364000Z '
    '"waf,forward" "-" "-" "10.0.0.66:9000" "200" "-" "-" TID_12 "new one"\n'
)
ELB = (
    "2026-01-31T23:39:43.945958Z my-elb [2001:db8::7]:2817 - -1 -1 -1 503 0 0 0 "
    '"GET http://www.acme.example:80/ HTTP/1.1" "curl/7.38.0" - -\n'
)


def test_logs_of_load_balancers(reader: Reader) -> None:
    reader.write("alb.log", ALB + 'h2 too "few\n')
    reader.sync(files="alb.log", format="alb", ip="keep")
    (row,) = reader.rows()
    assert (row["type"], row["client_ip"], row["client_port"]) == ("h2", "10.0.1.252", 48160)
    assert (row["target_ip"], row["target_port"], row["target_processing_time"]) == ("10.0.0.66", 9000, 0.002)
    assert row["time"] == datetime(2026, 1, 31, 22, 23, 0, 186641, tzinfo=UTC)
    assert (row["request_verb"], row["request_url"]) == ("GET", "https://10.0.2.105:773/a?b=c")
    assert (row["actions_executed"], row["redirect_url"]) == ("waf,forward", None)
    assert (row["conn_trace_id"], row["more"]) == ("TID_12", '["new one"]')
    assert [reason for _, _, reason in reader.rejected()] == ["a quote that does not end"]


def test_logs_of_classic_load_balancers(reader: Reader) -> None:
    reader.write("elb.log", ELB)
    reader.sync(files="elb.log", format="elb")
    (row,) = reader.rows()
    assert (row["client_ip"], row["client_port"]) == ("2001:db8::", 2817)
    assert (row["backend_ip"], row["backend_port"], row["backend_processing_time"]) == (None, None, -1.0)
    assert (row["elb_status_code"], row["request_proto"], row["ssl_cipher"]) == (503, "HTTP/1.1", None)


@pytest.mark.parametrize(
    ("ip", "stands", "beside"),
    [("keep", "203.0.113.7", None), ("truncate", "203.0.113.0", None), ("remove", None, None),
     ("pseudonymise", None, "k1:203.0.113.7")],
)  # fmt: skip
def test_addresses_of_clients_go_by_the_rule(reader: Reader, ip: Any, stands: Any, beside: Any) -> None:
    reader.write("a.ndjson", '{"ClientIP": "203.0.113.7", "ClientRequestPath": "/"}\n')
    reader.sync(files="*.ndjson", format="ndjson", ip=ip)
    (row,) = reader.rows()
    assert row.get("client_ip") == stands
    assert row.get("client_ip_pseudonym") == beside


def test_no_pseudonym_without_a_key_and_no_address_either(reader: Reader) -> None:
    reader.pseudonym = None
    reader.write("a.ndjson", '{"client_ip": "203.0.113.7"}\n')
    result = reader.sync(files="*.ndjson", format="ndjson", ip="pseudonymise")
    assert result.state == "failed"
    assert "[privacy]" in result.streams[0].problem
    assert "t" not in reader.warehouse.columns("source")


def test_a_bucket_is_read_as_a_folder_is(reader: Reader, buckets: str) -> None:
    settings = new_bucket(buckets)
    assert settings.s3_key_id is not None
    assert settings.s3_secret is not None
    store = S3Store.from_url(
        settings.data_path or "",
        config={"endpoint": buckets, "region": "us-east-1", "access_key_id": settings.s3_key_id.reveal(),
                "secret_access_key": settings.s3_secret.reveal(), "virtual_hosted_style_request": False},
        client_options={"allow_http": True},
    )  # fmt: skip
    reader.given = {
        "location": settings.data_path, "s3_endpoint": buckets, "s3_key_id": settings.s3_key_id,
        "s3_secret": settings.s3_secret,
    }  # fmt: skip
    obstore.put(store, "logs/2026/01/a.csv.gz", gzip.compress(CSV.encode()))
    obstore.put(store, "logs/2026/02/b.csv", b"id,name\n9,nine\n")
    obstore.put(store, "logs/2026/02/.hidden.csv", b"id,name\n0,no\n")
    table: dict[str, Any] = {"files": "logs/**/*.csv*", "format": "csv"}
    assert reader.sync(**table).state == "success"
    assert [row["id"] for row in reader.rows()] == ["1", "2", "3", "4", "9"]
    assert reader.sync(**table).streams[0].rows == 0
    obstore.put(store, "logs/2026/02/b.csv", b"id,name\n9,nine\n10,ten\n")
    assert reader.sync(**table).streams[0].rows == 2
    assert [row["id"] for row in reader.rows()] == ["1", "2", "3", "4", "9", "10"]
    parquet = pa.BufferOutputStream()
    pq.write_table(pa.table({"n": list(range(100))}), parquet)
    obstore.put(store, "p/a.parquet", parquet.getvalue().to_pybytes())
    with closing(reader.opened({"p": FileTable(files="p/*", format="parquet")})) as connector:
        (finding,) = connector.check()
        assert finding.is_good
        assert "1 files match p/*" in finding.detail
        pages = connector.read(connector.streams()[0], Asked())
        assert sum(len(page.rows.get("p", ())) for page in pages) == 100


@pytest.mark.parametrize("full", [False, True])
def test_rows_of_a_file_that_is_gone_stay_unless_the_table_says_otherwise(reader: Reader, full: bool) -> None:
    table: dict[str, Any] = {"files": "*.csv", "format": "csv"}
    for name in ("a", "b"):
        reader.write(f"{name}.csv", "n\n1\n")
    reader.sync(**table)
    (reader.folder / "a.csv").unlink()
    reader.sync(Wanted(full=full), **table)
    assert [row["_file"] for row in reader.rows()] == ["a.csv", "b.csv"]
    result = reader.sync(Wanted(full=full), removed="delete", **table)
    assert result.streams[0].deleted == 1
    assert [row["_file"] for row in reader.rows()] == ["b.csv"]
    assert [row["_file"] for row in reader.rows("t_file", "_file")] == ["b.csv"]


def test_a_folder_that_is_not_there_and_files_that_do_not_match_are_told(reader: Reader) -> None:
    table = {"t": FileTable(files="*.csv", format="csv")}
    with closing(reader.opened(table)) as connector:
        (finding,) = connector.check()
        assert not finding.is_good
        assert "no file matches *.csv" in finding.detail
    with closing(reader.opened(table, location="nowhere")) as connector:
        (finding,) = connector.check()
        assert "there is no such folder" in finding.detail


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"files": "*.csv", "format": "csv", "encoding": "klingon"}, "encoding"),
        ({"files": "*.csv", "format": "csv", "header": False}, "names"),
        ({"files": "../*.csv", "format": "csv"}, "not below the location"),
        ({"files": "*", "format": "alb", "key": ("client_ip",)}, "not kept as it is"),
    ],
)
def test_settings_that_contradict_are_refused(reader: Reader, table: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        reader.opened({"t": FileTable(**table)})
