"""Writing rows: a batch is one transaction, and a row that is refused takes no other with it.

Whether a batch whose answer was lost was committed is seen by the rows themselves.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import errors, sql

from mainstem.activate.contract import Destination, Op, Powers, Refusal, Result, Target, Trouble
from mainstem.activate.destinations.postgres.tables import DescribedTable, described
from mainstem.activate.shapes import Shape, fitted
from mainstem.config import redact
from mainstem.errors import ApiUnavailable, ConfigError, CredentialsRefused, OutcomeUnknown
from mainstem.saas import Finding, Usage
from mainstem.saas.postgres import shut_out

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from mainstem.activate.contract import Batch, Parent, Write
    from mainstem.activate.destinations.postgres.settings import PostgresDestinationSettings
    from mainstem.activate.kind import Opening

_KEYS_AT_ONCE = 5000
_SHUT_OUT = ("password authentication", "does not exist", "no pg_hba")
_LOCKED = (errors.LockNotAvailable, errors.DeadlockDetected, errors.SerializationFailure)


def open_postgres(opening: Opening) -> Destination:
    """Raises ConfigError where nothing says which database."""
    settings: PostgresDestinationSettings = opening.settings
    if settings.url is None:
        raise ConfigError(
            f"[destinations.{opening.name}] url", "is missing", "postgresql://… as env:NAME or file:PATH"
        )
    return PostgresTables(settings)


class PostgresTables(Destination):
    def __init__(self, settings: PostgresDestinationSettings) -> None:
        self._settings = settings
        self._usage = Usage()
        self._held: psycopg.Connection[Any] | None = None
        self._described: dict[str, DescribedTable] = {}

    @property
    def powers(self) -> Powers:
        return Powers()

    def check(self) -> Sequence[Finding]:
        try:
            row = self._connection().execute("SELECT current_user, current_database()").fetchone()
        except CredentialsRefused as e:
            return [shut_out(e)]
        return [Finding("credentials", True, f"let in as {row[0]} of {row[1]}" if row else "let in")]

    def shape(self, name: str) -> Shape:
        return self._table(name).shape

    def read(
        self, shape: Shape, match: str, keys: Collection[str], fields: Collection[str]
    ) -> Iterator[Target]:
        table = self._table(shape.name)
        wanted = [name for name in fields if name in shape.fields]
        primary = sql.SQL("{}::text").format(sql.Identifier("held", table.primary))
        selected = [primary, sql.SQL("asked.key"), self._modified(shape)]
        selected += [sql.Identifier("held", name) for name in wanted]
        query = sql.SQL(
            "SELECT {} FROM {} AS held JOIN unnest(%s::text[]) AS asked (key) ON {}::text = asked.key"
        ).format(
            sql.SQL(", ").join(selected),
            sql.Identifier(table.namespace, table.table),
            sql.Identifier("held", match),
        )
        asked = list(keys)
        for begin in range(0, len(asked), _KEYS_AT_ONCE):
            rows = self._run(query, [asked[begin : begin + _KEYS_AT_ONCE]])
            for number, key, at, *values in rows:
                held = {
                    name: fitted(value, shape.fields[name])
                    for name, value in zip(wanted, values, strict=True)
                }
                yield Target(number, key, held, at)

    def largest(self, op: Op, rows: int) -> int:
        return self._settings.batch_rows

    def write(self, batch: Batch, note: Callable[[str], None]) -> Sequence[Result]:
        note(batch.name)
        table = self._table(batch.object)
        connection = self._connection()
        self._usage.calls += 1
        try:
            with connection.transaction():
                results = [self._written(connection, table, batch, write) for write in batch.writes]
        except (psycopg.OperationalError, psycopg.InterfaceError) as e:
            self._held = None
            raise OutcomeUnknown(redact(f"{batch.object}: {e}")) from e
        return results

    @property
    def usage(self) -> Usage:
        return self._usage

    def close(self) -> None:
        if self._held is not None:
            self._held.close()
            self._held = None

    def _written(
        self, connection: psycopg.Connection[Any], table: DescribedTable, batch: Batch, write: Write
    ) -> Result:
        try:
            with connection.transaction():
                parents = {name: self._parent(connection, one) for name, one in write.parents.items()}
                for name, found in parents.items():
                    if found is None:
                        said = f"{write.parents[name].object} has no row with {write.parents[name].by} so"
                        refusal = Refusal(Trouble.PARENT, "PARENT_NOT_FOUND", said, (name,))
                        return Result(write.number, write.id, refusal)
                row = connection.execute(*_statement(table, batch, write, parents)).fetchone()
        except errors.UniqueViolation as e:
            return _refused(write, Trouble.TAKEN if write.op is Op.CREATE else Trouble.DATA, e)
        except errors.ForeignKeyViolation as e:
            return _refused(write, Trouble.PARENT, e)
        except errors.InsufficientPrivilege as e:
            return _refused(write, Trouble.RIGHTS, e)
        except _LOCKED as e:
            return _refused(write, Trouble.LOCKED, e)
        except errors.QueryCanceled as e:
            return _refused(write, Trouble.AGAIN, e)
        except (errors.DataError, errors.IntegrityError, errors.InternalError_, errors.ProgrammingError) as e:
            return _refused(write, Trouble.DATA, e)
        if row is None:
            refusal = Refusal(Trouble.GONE, "NOT_FOUND", "there is no such row")
            return Result(write.number, write.id, refusal)
        return Result(write.number, str(row[0]))

    def _parent(self, connection: psycopg.Connection[Any], parent: Parent) -> object | None:
        """The primary key of the row that another column of its own names; None when there is none."""
        table = self._table(parent.object)
        query = sql.SQL("SELECT {} FROM {} WHERE {}::text = %s").format(
            sql.Identifier(table.primary),
            sql.Identifier(table.namespace, table.table),
            sql.Identifier(parent.by),
        )
        row = connection.execute(query, [parent.value]).fetchone()
        return row[0] if row else None

    def _table(self, name: str) -> DescribedTable:
        if name not in self._described:
            self._usage.calls += 1
            with _told(name):
                self._described[name] = described(self._connection(), name)
        return self._described[name]

    def _modified(self, shape: Shape) -> sql.Composable:
        if self._settings.modified_column not in shape.fields:
            return sql.SQL("NULL::timestamptz")
        return sql.SQL("{}::timestamptz").format(sql.Identifier("held", self._settings.modified_column))

    def _run(self, query: sql.Composed, parameters: list[Any]) -> list[tuple[Any, ...]]:
        self._usage.calls += 1
        with _told("reading"):
            return self._connection().execute(query, parameters).fetchall()

    def _connection(self) -> psycopg.Connection[Any]:
        if self._held is None or self._held.closed:
            url = self._settings.url
            if url is None:
                raise AssertionError("it was opened with an address")
            limit = int(self._settings.timeout * 1000)
            try:
                self._held = psycopg.connect(
                    url.reveal(),
                    autocommit=True,
                    connect_timeout=10,
                    application_name="mainstem activate",
                    options=f"-c statement_timeout={limit} -c lock_timeout={limit} -c TimeZone=UTC",
                )
            except psycopg.OperationalError as e:
                refused = any(words in str(e) for words in _SHUT_OUT)
                raise (CredentialsRefused if refused else ApiUnavailable)(redact(str(e))) from e
        return self._held


def _statement(
    table: DescribedTable, batch: Batch, write: Write, parents: Mapping[str, object]
) -> tuple[sql.Composed, list[Any]]:
    where = sql.SQL("{} = %s").format(sql.Identifier(table.primary))
    primary, name = sql.Identifier(table.primary), sql.Identifier(table.namespace, table.table)
    if write.op is Op.DELETE:
        return sql.SQL("DELETE FROM {} WHERE {} RETURNING {}::text").format(name, where, primary), [write.id]
    values: dict[str, object] = {**write.values, **parents}
    if write.op is Op.CREATE:
        values[batch.match] = write.key
    names = [sql.Identifier(one) for one in values]
    given = [sql.SQL("%s")] * len(values)
    parameters = [*values.values()]
    if write.op is Op.CREATE:
        query = sql.SQL("INSERT INTO {} ({}) VALUES ({}) RETURNING {}::text").format(
            name, sql.SQL(", ").join(names), sql.SQL(", ").join(given), primary
        )
        return query, parameters
    pairs = [sql.SQL("{} = {}").format(one, value) for one, value in zip(names, given, strict=True)]
    query = sql.SQL("UPDATE {} SET {} WHERE {} RETURNING {}::text").format(
        name, sql.SQL(", ").join(pairs), where, primary
    )
    return query, [*parameters, write.id]


def _refused(write: Write, trouble: Trouble, error: psycopg.Error) -> Result:
    text = redact(error.diag.message_primary or str(error))
    return Result(write.number, write.id, Refusal(trouble, error.sqlstate or "", text))


@contextmanager
def _told(what: str) -> Iterator[None]:
    """Trouble of a connection, as callers know it."""
    try:
        yield
    except (psycopg.OperationalError, psycopg.InterfaceError) as e:
        raise ApiUnavailable(redact(f"{what}: {e}")) from e
