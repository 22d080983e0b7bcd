"""The Postgres connector keeps the contract on a database of its own, and agrees with psycopg row by row."""

from __future__ import annotations

import uuid
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import psycopg
import pytest

from mainstem.config import Secret
from mainstem.connectors import Asked, Opening
from mainstem.connectors.landing import Landing
from mainstem.connectors.postgres import KIND
from mainstem.connectors.postgres.settings import PostgresSettings
from mainstem.connectors.run import Sync, SyncResult, Wanted
from mainstem.errors import ConfigError, CredentialsRefused
from mainstem.saas import MemoryBudget, Patience
from mainstem.store import ensure_database
from mainstem.testing.connector_contract import SourceContract, warehouse_rows
from mainstem.testing.connector_subject import ConnectorSubject
from mainstem.testing.connectors import RecordingLedger, StillClock
from mainstem.testing.quiet_service import QuietService
from mainstem.testing.shop_database import ShopDatabase
from mainstem.testing.warehouse import MemoryWarehouse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from mainstem.config import PostgresAddress
    from mainstem.connectors import Connector
    from mainstem.simulate.saas import ControlledClock, Service
    from mainstem.testing.connector_subject import Rows


@pytest.fixture
def shop(postgres: PostgresAddress) -> Iterator[ShopDatabase]:
    name = f"shop_{uuid.uuid4().hex[:12]}"
    made = ShopDatabase(ensure_database(postgres, name))
    made.make()
    yield made
    with psycopg.connect(**postgres.libpq(), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())
        connection.execute(f'DROP ROLE "{name}"'.encode())


class PostgresSubject(ConnectorSubject):
    kind = "postgres"
    stream = "orders"
    path = ""

    def __init__(self, shop: ShopDatabase) -> None:
        self._shop = shop

    def make_service(self, clock: ControlledClock) -> QuietService[ShopDatabase]:
        return QuietService(clock, self._shop)

    def settings(self, base_url: str) -> Mapping[str, Any]:
        return {"url": self._shop.url, "batch_rows": 5, "deleted_hours": 0.0}

    def change(self, service: Service) -> None:
        self._shop.change()

    def remove(self, service: Service) -> None:
        self._shop.run("DELETE FROM orders WHERE id = 5")
        self._shop.run("DELETE FROM order_lines WHERE order_id = 5")
        self._shop.run("DELETE FROM notes WHERE order_id = 1")

    def add_field(self, service: Service) -> tuple[str, str]:
        self._shop.run("ALTER TABLE orders ADD COLUMN channel text DEFAULT 'web'")
        return "orders", "channel"

    def remove_field(self, service: Service) -> tuple[str, str]:
        self._shop.run("ALTER TABLE order_lines DROP COLUMN sku")
        return "order_lines", "sku"

    def expected(self, service: Service) -> Mapping[str, Rows]:
        orders = self._shop.rows("SELECT * FROM orders")
        lines = self._shop.rows("SELECT * FROM order_lines")
        notes = self._shop.rows(
            "SELECT md5(n::text) AS id, row_number() OVER (PARTITION BY n) AS number, n.* FROM notes n"
        )
        return {
            "orders": {str(row["id"]): {**row, "amount": float(row["amount"])} for row in orders},
            "order_lines": {f"[{row['order_id']},{row['line']}]": row for row in lines},
            "notes": {
                one["id"] + ("" if one["number"] == 1 else f"-{one['number']}"): {
                    "order_id": one["order_id"],
                    "note": one["note"],
                }
                for one in notes
            },
        }


class TestPostgres(SourceContract):
    @pytest.fixture(autouse=True)
    def _with_shop(self, shop: ShopDatabase) -> None:
        self._shop = shop

    def subject(self) -> ConnectorSubject:
        return PostgresSubject(self._shop)


class Reader:
    """A connector to the shop, and a warehouse in memory."""

    def __init__(self, shop: ShopDatabase, folder: Path) -> None:
        self.shop = shop
        self.warehouse = MemoryWarehouse()
        self.ledger = RecordingLedger()
        self._folder = folder
        self._clock = StillClock()

    def opened(self, **settings: Any) -> Connector:
        given = {"type": "postgres", "url": Secret(self.shop.url), "batch_rows": 5, "deleted_hours": 0.0}
        made = PostgresSettings(**{**given, **settings})
        budget = MemoryBudget(self._clock)
        return KIND.open(
            Opening("shop", made, budget, self._clock, self._folder, Patience(first_pause=0.0), self._folder)
        )

    def sync(self, *streams: str, wanted: Wanted | None = None, **settings: Any) -> SyncResult:
        self._clock.advance(60)
        with closing(self.opened(**settings)) as connector:
            landing = Landing(self.warehouse, "source", self._clock, pseudonym=lambda text: f"k1:{text}")
            sync = Sync("shop", connector, landing, self.ledger, self._clock)
            return sync.run(wanted or Wanted(streams))

    def ids(self, table: str = "orders") -> set[int]:
        found = self.warehouse.query(f"SELECT id FROM source.{table} WHERE NOT _fivetran_deleted")
        return set(found.column("id").to_pylist())

    def one(self, sql: str) -> dict[str, Any]:
        row: dict[str, Any] = self.warehouse.query(sql).to_pylist()[0]
        return row


@pytest.fixture
def reader(shop: ShopDatabase, tmp_path: Path) -> Iterator[Reader]:
    made = Reader(shop, tmp_path)
    yield made
    made.warehouse.close()


def test_every_type_is_what_psycopg_and_postgres_say(reader: Reader) -> None:
    """As psycopg reads it, where Python has the type; else as Postgres writes it, cast to text."""
    assert reader.sync("kinds").state == "success"
    plain = "id::text, yes, small, doc::text, feeling::text, span::text, clock::text, host::text, flags::text"
    written = {row["id"]: row for row in reader.shop.rows(f"SELECT {plain} FROM kinds")}
    stands = {row["id"]: row for row in reader.warehouse.query("SELECT * FROM source.kinds").to_pylist()}
    for name, row in written.items():
        assert {key: stands[name][key] for key in row} == row
    first, odd, far = (stands[name] for name in sorted(stands, key=lambda name: (name[0] != "f", name)))
    times = reader.shop.rows("SELECT at, local, day FROM kinds WHERE small = 7")[0]
    assert first["at"] == times["at"]
    assert first["local"].replace(tzinfo=None) == times["local"]
    assert first["day"].date() == times["day"]
    assert (first["whole"], first["price"], first["ratio"], first["cost"]) == (
        123456789012345678, 0.1, 0.1, 1234.5
    )  # fmt: skip
    assert first["raw"] == '{"a": 12345678901234567890.5}'
    assert first["tags"] == '["a",null,"b\\"c"]'
    assert first["grid"] == "[[1,2],[3,4]]"
    assert (first["took"], first["mark"]) == ("P1DT2H", "\\x00ff")
    assert odd["price"] != odd["price"]
    assert odd["tiny"] == float("inf")
    assert (odd["day"], odd["day__v_string"]) == (None, "infinity")
    assert (odd["at__v_string"], odd["local__v_string"]) == ("-infinity", "infinity")
    assert odd["whole"] is None
    assert odd["tags"] == "[]"
    assert (far["day__v_string"], far["at__v_string"]) == ("0044-03-15 BC", "20000-01-01 00:00:00+00")
    assert (far["price"], far["price__v_string"]) == (
        12345678901234567890.0,
        "12345678901234567890.123456789",
    )


def test_what_was_not_committed_when_a_run_read_comes_with_the_next(reader: Reader) -> None:
    """By xmin, and by a column that was set before the run and committed after it."""
    reader.sync()
    with psycopg.connect(reader.shop.url) as slow:
        slow.execute("INSERT INTO orders VALUES (901, 'slow', 1, now())")
        slow.execute("INSERT INTO order_lines VALUES (901, 1, 'slow', 1)")
        reader.shop.change()
        reader.sync()
        assert 901 not in reader.ids()
        slow.commit()
    reader.sync()
    assert 901 in reader.ids()
    lines = reader.warehouse.query("SELECT order_id FROM source.order_lines").column("order_id").to_pylist()
    assert 901 in lines


def test_a_moment_to_come_hides_nothing(reader: Reader) -> None:
    reader.shop.run("UPDATE orders SET updated_at = now() + interval '50 years' WHERE id = 1")
    reader.shop.run("UPDATE orders SET updated_at = 'infinity' WHERE id = 2")
    reader.sync("orders")
    reader.shop.change()
    reader.sync("orders")
    assert reader.ids() == {row["id"] for row in reader.shop.rows("SELECT id FROM orders")}


def test_a_connection_that_is_lost_in_the_middle_is_made_again(reader: Reader) -> None:
    with closing(reader.opened()) as connector:
        stream = next(one for one in connector.streams() if one.name == "orders")
        found: list[Any] = []
        for page in connector.read(stream, Asked()):
            found += [row["id"] for row in page.rows.get("orders", ())]
            if len(found) == 10 and page.rows and not connector.usage.repeats:
                reader.shop.run(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE application_name = 'mainstem' AND datname = current_database()"
                )
        assert found == [row["id"] for row in reader.shop.rows("SELECT id FROM orders ORDER BY id")]
        assert connector.usage.repeats == 1
        assert connector.usage.received_bytes > 100


def test_a_statement_that_takes_too_long_fails_its_stream_alone(reader: Reader) -> None:
    reader.shop.run("CREATE VIEW slow AS SELECT 1 AS id, pg_sleep(30)::text AS slept")
    result = reader.sync(tables=("orders", "slow"), statement_timeout=0.3)
    assert result.state == "partial"
    problem = next(one.problem for one in result.streams if one.stream == "slow")
    assert "statement timeout" in problem
    assert "statement_timeout is 0.3 s" in problem


def test_changes_of_a_table_are_told_and_its_rows_are_right(reader: Reader) -> None:
    reader.sync("order_lines")
    reader.shop.run("ALTER TABLE order_lines DROP COLUMN sku")
    reader.shop.run("ALTER TABLE order_lines ADD COLUMN colour text DEFAULT 'red'")
    reader.shop.run("ALTER TABLE order_lines ALTER COLUMN quantity TYPE numeric USING quantity + 0.5")
    reader.sync("order_lines")
    told = {change[1:] for change in reader.ledger.changes}
    assert ("gone_column", "order_lines.sku", "") in told
    assert ("new_column", "order_lines.colour", "string") in told
    assert ("changed_type", "order_lines.quantity", "integer → numeric") in told
    row = reader.one("SELECT * FROM source.order_lines WHERE order_id = 7")
    assert (row["colour"], row["quantity"], row["quantity__v_float"]) == ("red", None, 2.5)
    before = len(reader.ledger.changes)
    reader.sync("order_lines")
    assert len(reader.ledger.changes) == before


def test_a_table_that_was_made_anew_is_read_anew(reader: Reader) -> None:
    reader.sync("orders")
    reader.shop.run("CREATE TABLE other (LIKE orders INCLUDING ALL)")
    reader.shop.run("INSERT INTO other SELECT id, 'moved', amount, updated_at FROM orders WHERE id < 10")
    reader.shop.run("DROP TABLE orders")
    reader.shop.run("ALTER TABLE other RENAME TO orders")
    reader.sync("orders")
    found = reader.warehouse.query("SELECT DISTINCT status FROM source.orders WHERE NOT _fivetran_deleted")
    assert found.column("status").to_pylist() == ["moved"]
    assert reader.ids() == set(range(1, 10))


def test_a_range_of_time_is_read_by_itself(reader: Reader) -> None:
    moments = {row["id"]: row["updated_at"] for row in reader.shop.rows("SELECT id, updated_at FROM orders")}
    reader.sync(wanted=Wanted(("orders",), since=moments[4], until=moments[9]))
    assert reader.ids() == {4, 5, 6, 7, 8}


def test_keys_are_asked_for_only_when_it_is_time(reader: Reader) -> None:
    reader.sync("orders", deleted_hours=1.0)
    reader.shop.run("DELETE FROM orders WHERE id = 5")
    reader.sync("orders", deleted_hours=1.0)
    assert 5 in reader.ids()
    reader.sync("orders", deleted_hours=0.0)
    assert 5 not in reader.ids()


def test_keys_of_every_type_are_found_again(reader: Reader) -> None:
    """As text in the warehouse they are the same rows, so none of them counts as gone."""
    keys = {
        "timestamptz": "'2026-01-31 12:00:00.5+02'", "date": "'2026-01-31'", "numeric": "1.50",
        "double precision": "0.1", "uuid": "gen_random_uuid()", "char(4)": "'ab'", "mood": "'calm'",
        "text": "'[\"a\"]'", "inet": "'10.0.0.0/8'", "bool": "true",
    }  # fmt: skip
    for number, (kind, value) in enumerate(keys.items()):
        reader.shop.run(f"CREATE TABLE k{number} (id {kind} PRIMARY KEY, n int)")
        reader.shop.run(f"INSERT INTO k{number} VALUES ({value}, 1)")
    names = [f"k{number}" for number in range(len(keys))]
    reader.sync(*names)
    result = reader.sync(*names)
    assert [one.problem for one in result.streams] == [""] * len(names)
    assert sum(one.deleted for one in result.streams) == 0
    for name in names:
        reader.shop.run(f"DELETE FROM {name}")
    assert sum(one.deleted for one in reader.sync(*names).streams) == len(names)


def test_tables_and_columns_are_chosen(reader: Reader) -> None:
    reader.shop.run('CREATE SCHEMA "Sales"')
    reader.shop.run('CREATE TABLE "Sales"."BigOrders" (id int PRIMARY KEY, "createdAt" date, "50%" int)')
    reader.shop.run("""INSERT INTO "Sales"."BigOrders" VALUES (1, '2026-01-31', 5)""")
    reader.sync(
        schemas=("public", "Sales"),
        tables=("order*", "Sales.*"),
        without_tables=("order_lines",),
        columns={"orders": ("id", "status", "updated_at")},
        without_columns=("*.updated_*",),
        pseudonymise=("orders.status",),
    )
    held = reader.warehouse.columns("source")
    assert set(held) - {"_stream_state"} == {"orders", "sales_big_orders"}
    assert set(held["orders"]) == {
        "_key", "_fivetran_synced", "_fivetran_deleted", "id", "status", "status_pseudonym"
    }  # fmt: skip
    row = reader.one("SELECT * FROM source.orders WHERE id = 2")
    assert (row["status"], row["status_pseudonym"]) == (None, "k1:open")
    big = reader.one("SELECT * FROM source.sales_big_orders")
    assert (big["id"], big["_50"], big["created_at"].date().isoformat()) == (1, 5, "2026-01-31")


def test_settings_that_do_not_fit_the_database_are_refused(reader: Reader) -> None:
    refused: list[tuple[dict[str, Any], str]] = [
        ({"tables": ("ordres",)}, "there is no table 'ordres'"),
        ({"cursors": {"orders": "changed"}}, "has no column 'changed'"),
        ({"cursors": {"orders": "status"}}, "neither moments nor whole numbers"),
        ({"cursors": {"notes": "order_id"}}, "has no key"),
        ({"keys": {"notes": ("nope",)}}, "has no column 'nope'"),
        ({"pseudonymise": ("orders.id",)}, "is of the key"),
    ]
    for settings, said in refused:
        with pytest.raises(ConfigError, match=said):
            reader.sync(**settings)


def test_a_process_that_goes_on_reads_behind_the_last_row_that_was_committed(reader: Reader) -> None:
    with closing(reader.opened()) as connector:
        for stream in connector.streams():
            if stream.name not in ("orders", "order_lines", "notes"):
                continue
            pages = [page for page in connector.read(stream, Asked()) if page.rows]
            first = [row for page in pages for row in page.rows[stream.name]]
            middle = msgspec.json.decode(msgspec.json.encode(pages[0].position))
            rest = [row for page in connector.read(stream, Asked(middle)) if page.rows
                    for row in page.rows[stream.name]]  # fmt: skip
            assert rest == first[5:]


def test_a_table_is_read_by_a_number_that_grows(reader: Reader) -> None:
    settings: dict[str, Any] = {"cursors": {"orders": "id"}, "overlap_values": 2}
    reader.sync("orders", **settings)
    reader.shop.run("UPDATE orders SET status = 'near' WHERE id = 22")
    reader.shop.run("UPDATE orders SET status = 'far' WHERE id = 2")
    reader.shop.run("INSERT INTO orders VALUES (99, 'new', 1, now())")
    reader.sync("orders", **settings)
    found = reader.warehouse.query("SELECT id, status FROM source.orders WHERE id IN (2, 22, 99) ORDER BY id")
    assert found.column("status").to_pylist() == ["open", "near", "new"]


def test_rows_whose_cursor_is_empty_come_each_time(reader: Reader) -> None:
    reader.shop.run("CREATE TABLE loose (id int PRIMARY KEY, changed timestamp, name text)")
    reader.shop.run("INSERT INTO loose VALUES (1, now(), 'a'), (2, NULL, 'a')")
    settings: dict[str, Any] = {"cursors": {"loose": "changed"}, "time_zone": "Asia/Tokyo"}
    reader.sync("loose", **settings)
    reader.shop.run("UPDATE loose SET name = 'b' WHERE id = 2")
    reader.sync("loose", **settings)
    rows = reader.warehouse.query("SELECT * FROM source.loose ORDER BY id").to_pylist()
    assert [row["name"] for row in rows] == ["a", "b"]
    (there,) = reader.shop.rows("SELECT changed AT TIME ZONE 'Asia/Tokyo' AS at FROM loose WHERE id = 1")
    assert rows[0]["changed"] == there["at"]


def test_models_wait_for_tables_that_are_named_in_full() -> None:
    settings = PostgresSettings(
        type="postgres", tables=("orders", "Sales.BigOrders", "log_*", "notes"), without_tables=("notes",)
    )
    assert KIND.tables(settings) == ("orders", "sales_big_orders")


def test_a_partitioned_table_is_one_table(reader: Reader) -> None:
    reader.shop.run("CREATE TABLE logs (id int, at date, PRIMARY KEY (id, at)) PARTITION BY RANGE (at)")
    for month in (1, 2):
        reader.shop.run(
            f"CREATE TABLE logs_{month} PARTITION OF logs "
            f"FOR VALUES FROM ('2026-0{month}-01') TO ('2026-0{month + 1}-01')"
        )
    reader.shop.run("INSERT INTO logs VALUES (1, '2026-01-05'), (2, '2026-02-05')")
    assert reader.sync(tables=("logs*",)).state == "success"
    assert set(reader.warehouse.columns("source")) == {"_stream_state", "logs"}
    reader.shop.run("UPDATE logs SET at = '2026-02-07' WHERE id = 1")  # into the other partition
    reader.sync(tables=("logs*",))
    found = reader.warehouse.query('SELECT id, "at" FROM source.logs WHERE NOT _fivetran_deleted ORDER BY id')
    assert [(row["id"], row["at"].day) for row in found.to_pylist()] == [(1, 7), (2, 5)]


def test_the_check_says_what_may_not_be_read(reader: Reader, postgres: PostgresAddress) -> None:
    guest = f"guest_{uuid.uuid4().hex[:8]}"
    name = reader.shop.address.database
    with psycopg.connect(**postgres.libpq(), autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {guest} LOGIN PASSWORD 'guest'".encode())
        connection.execute(f"GRANT CONNECT ON DATABASE {name} TO {guest}".encode())
    reader.shop.run(f"GRANT SELECT (id, status) ON orders TO {guest}")
    reader.shop.run(f"GRANT SELECT ON order_lines TO {guest}")
    try:
        url = Secret(psycopg.conninfo.make_conninfo(reader.shop.url, user=guest, password="guest"))
        with closing(reader.opened(url=url)) as connector:
            findings = {one.what: one for one in connector.check()}
        assert findings["credentials"].is_good
        assert guest in findings["credentials"].detail
        assert "without amount, updated_at" in findings["table public.orders"].detail
        assert findings["table public.order_lines"].detail == (
            "by xmin, for which each run looks at the whole table; key order_id, line"
        )
        assert not findings["table public.notes"].is_good
        for _ in range(2):
            assert reader.sync("orders", "order_lines", url=url).state == "success"
        assert set(reader.warehouse.columns("source")["orders"]) >= {"id", "status"}
    finally:
        with psycopg.connect(**postgres.with_database(name, postgres.user).libpq()) as connection:
            connection.execute(f"DROP OWNED BY {guest}".encode())
        with psycopg.connect(**postgres.libpq(), autocommit=True) as connection:
            connection.execute(f"REVOKE ALL ON DATABASE {name} FROM {guest}".encode())
            connection.execute(f"DROP ROLE {guest}".encode())


def test_wrong_credentials_are_told_apart_from_a_server_that_is_away(reader: Reader) -> None:
    wrong = Secret(psycopg.conninfo.make_conninfo(reader.shop.url, dbname="nobody_has_this"))
    with closing(reader.opened(url=wrong)) as connector:
        findings = connector.check()
        assert [one.is_good for one in findings] == [False]
        with pytest.raises(CredentialsRefused, match="nobody_has_this"):
            connector.streams()


def test_nothing_can_be_written_by_the_session_that_reads(reader: Reader) -> None:
    reader.shop.run(
        "CREATE FUNCTION sneak() RETURNS int LANGUAGE sql AS 'INSERT INTO notes VALUES (1, NULL); SELECT 1'"
    )
    reader.shop.run("CREATE VIEW sneaky AS SELECT public.sneak() AS id")
    before = reader.shop.rows("SELECT count(*) AS n FROM notes")
    result = reader.sync(tables=("sneaky",))
    assert result.state == "failed"
    assert "read-only transaction" in result.streams[0].problem
    assert reader.shop.rows("SELECT count(*) AS n FROM notes") == before


def test_a_full_run_agrees_with_psycopg_row_by_row_whatever_happened_before(reader: Reader) -> None:
    subject = PostgresSubject(reader.shop)
    reader.sync()
    reader.shop.change()
    reader.shop.run("DELETE FROM order_lines WHERE order_id < 4")
    reader.shop.run("UPDATE orders SET status = 'quiet' WHERE id = 6")  # and nobody moved updated_at
    reader.sync(wanted=Wanted(full=True))
    service = subject.make_service(_clock())
    expected = subject.expected(service)
    assert warehouse_rows(reader.warehouse, expected) == expected


def _clock() -> ControlledClock:
    from mainstem.simulate.saas import ControlledClock

    return ControlledClock(StillClock().now() + timedelta(days=1))
