"""Reading a Postgres database: its tables as streams, and what to do when the connection is lost.

A lost connection is made again, and reading goes on behind the last page; a statement that took too long is
not tried again. What is not committed at the source is not read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg

from mainstem.connectors.contract import Asked, Connector, Finding
from mainstem.connectors.postgres.catalog import find_tables
from mainstem.connectors.postgres.plans import Planner
from mainstem.connectors.postgres.reading import TableReading
from mainstem.connectors.postgres.session import Session
from mainstem.errors import ApiRefused, ApiUnavailable, ConfigError, CredentialsRefused
from mainstem.saas import Usage
from mainstem.saas.postgres import shut_out

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mainstem.connectors.contract import Page
    from mainstem.connectors.kind import Opening
    from mainstem.connectors.postgres.catalog import FoundTable
    from mainstem.connectors.postgres.plans import TablePlan
    from mainstem.connectors.postgres.settings import PostgresSettings
    from mainstem.connectors.streams import Stream
    from mainstem.errors import MainstemError

_WHO = """
SELECT current_user, version(), pg_is_in_recovery(), rolsuper FROM pg_roles WHERE rolname = current_user
"""
_REFUSED = ("authentication failed", "no pg_hba.conf entry", "does not exist", "not permitted to log in",
            "permission denied", "no password supplied")  # fmt: skip


def open_postgres(opening: Opening) -> Connector:
    """Raises ConfigError without an address, or for one that is none."""
    settings: PostgresSettings = opening.settings
    where = f"[connectors.{opening.name}]"
    if settings.url is None:
        raise ConfigError(where, "lacks its database", 'url = "env:SHOP_DATABASE"')
    try:
        psycopg.conninfo.conninfo_to_dict(settings.url.reveal())
    except psycopg.ProgrammingError:
        raise ConfigError(f"{where} url", "is no address", "postgresql://role@host:5432/database") from None
    return Postgres(opening)


class Postgres(Connector):
    def __init__(self, opening: Opening) -> None:
        self._settings: PostgresSettings = opening.settings
        self._patience = opening.patience
        self._clock = opening.clock
        self._planner = Planner(self._settings, f"[connectors.{opening.name}]")
        self._usage = Usage()
        self._session: Session | None = None
        self._plans: dict[str, TablePlan] = {}

    def check(self) -> Sequence[Finding]:
        try:
            session = self._opened()
        except CredentialsRefused as e:
            return [shut_out(e)]
        try:
            who = session.one(_WHO)
        except psycopg.Error as e:
            raise self._told(e, "the role") from e
        findings = [_who(who)]
        tables = self._found()
        plans = {plan.source.oid: plan for plan in self._planner.plans(tables)}
        findings += [
            _table_finding(table, plans.get(table.oid)) for table in tables if self._planner.is_wanted(table)
        ]
        if len(findings) == 1:
            schemas = ", ".join(self._settings.schemas)
            findings.append(Finding("tables", False, f"there is none that is wanted in {schemas}"))
        return findings

    def streams(self) -> Sequence[Stream]:
        self._plans = {plan.name: plan for plan in self._planner.plans(self._found())}
        if not self._plans:
            raise ConfigError(
                f"schemas {', '.join(self._settings.schemas)}",
                "the role may read no table there that is wanted; `mainstem connectors check` says more",
            )
        return [plan.stream for plan in self._plans.values()]

    def read(self, stream: Stream, asked: Asked) -> Iterator[Page]:
        tries, position = 0, asked.position
        while True:
            try:
                reading = TableReading(self._opened(), self._plans[stream.name], self._settings)
                for page in reading.pages(Asked(position, asked.since, asked.until, asked.standing)):
                    position = page.position
                    if page.rows or page.gone:
                        tries = 0
                    yield page
            except psycopg.Error as e:
                tries += 1
                if not _is_lost(e) or tries >= self._patience.tries:
                    raise self._told(e, stream.name) from e
                self._pause(tries)
            except ApiUnavailable:
                tries += 1
                if tries >= self._patience.tries:
                    raise
                self._pause(tries)
            else:
                return

    @property
    def usage(self) -> Usage:
        return self._usage

    def close(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None

    def _opened(self) -> Session:
        """The session, made anew where it was lost. Raises ApiUnavailable, CredentialsRefused."""
        if self._session is not None and self._session.connection.closed:
            self.close()
        if self._session is None:
            url, password = self._settings.url, self._settings.password
            given = None if password is None else password.reveal()
            try:
                self._session = Session(
                    "" if url is None else url.reveal(), given, self._settings, self._usage
                )
            except psycopg.Error as e:
                raise _unopened(e) from e
        return self._session

    def _found(self) -> list[FoundTable]:
        session = self._opened()
        try:
            with session.snapshot():
                self._usage.calls += 3
                return find_tables(session.connection, self._settings.schemas)
        except psycopg.Error as e:
            raise self._told(e, "the catalog") from e

    def _pause(self, tries: int) -> None:
        self.close()
        self._usage.repeats += 1
        seconds = min(self._patience.first_pause * 2.0 ** (tries - 1), self._patience.longest_pause)
        self._usage.waited_seconds += seconds
        self._clock.sleep(seconds)

    def _told(self, e: psycopg.Error, what: str) -> MainstemError:
        said = f"{what}: {_first_line(e)}"
        match e:
            case psycopg.errors.QueryCanceled():
                return ApiUnavailable(
                    f"{said}; statement_timeout is {self._settings.statement_timeout:g} s. A statement that "
                    "reads a table in the order of its key wants an index on it, and by a column one on that"
                )
            case psycopg.errors.InsufficientPrivilege():
                return CredentialsRefused(f"{said}; grant SELECT on it, or leave it out by without_tables")
            case psycopg.errors.LockNotAvailable():
                return ApiUnavailable(f"{said}; somebody alters the table, lock_timeout is "
                                      f"{self._settings.lock_timeout:g} s")  # fmt: skip
            case psycopg.OperationalError() | psycopg.InterfaceError():
                return ApiUnavailable(said)
            case _:
                return ApiRefused(said, 0)


def _is_lost(e: psycopg.Error) -> bool:
    """Whether another connection, or another snapshot, may get on with it."""
    if isinstance(e, psycopg.errors.QueryCanceled | psycopg.errors.LockNotAvailable):
        return False
    return isinstance(e, psycopg.OperationalError | psycopg.InterfaceError)


def _unopened(e: psycopg.Error) -> MainstemError:
    said = _first_line(e)
    return CredentialsRefused(said) if any(one in said for one in _REFUSED) else ApiUnavailable(said)


def _first_line(e: psycopg.Error) -> str:
    return next(iter(str(e).strip().splitlines()), type(e).__name__)


def _who(found: tuple[Any, ...] | None) -> Finding:
    name, version, is_replica, may_all = found or ("?", "", False, False)
    where = "a replica" if is_replica else "the primary"
    advice = "; a superuser: a role that may only read is enough" if may_all else ""
    return Finding("credentials", True, f"{name} on {where}, {' '.join(version.split()[:2])}{advice}")


def _table_finding(table: FoundTable, plan: TablePlan | None) -> Finding:
    what = f"table {table}"
    if plan is None:
        right = "USAGE on the schema and SELECT on it" if not table.may_enter else "SELECT on it"
        return Finding(what, False, f"may not be read; grant {right}, or leave it out by without_tables")
    hidden = [one.name for one in table.columns if not one.may_be_read]
    notes = [plan.told]
    if hidden:
        notes.append(f"without {', '.join(hidden)}, which the role may not read")
    if table.hides_rows:
        notes.append("row-level security is on: rows that the role may not see count as deleted")
    return Finding(what, True, "; ".join(notes))
