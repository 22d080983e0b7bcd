"""Texts that stand anywhere in the product's own records: found in every column, struck out of plain text.

Accounts are left as they are: who works here is not who is erased.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, LiteralString

from psycopg import sql

from mainstem.privacy.mentions import mention, mention_alone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mainstem.store.database import Connection, Database

STRUCK = "[erased]"
_ACCOUNTS = (
    "users",
    "sessions",
    "api_tokens",
    "one_time_links",
    "login_attempts",
    "groups",
    "group_members",
    "group_attributes",
    "user_attributes",
    "alembic_version",
)
_KINDS: dict[str, LiteralString] = {"text": "text", "_text": "text[]", "jsonb": "jsonb"}
_TABLES = (
    "SELECT table_name FROM information_schema.tables"
    " WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY table_name"
)
_TEXTS = (
    "SELECT table_name, column_name, udt_name FROM information_schema.columns WHERE table_schema = 'public'"
    " AND udt_name IN ('text', '_text', 'jsonb') ORDER BY table_name, ordinal_position"
)
_COUNT = sql.SQL("SELECT count(*) FROM {table} AS whole WHERE {any}")
_MENTIONS = sql.SQL("whole::text ~ {texts} OR whole::text ~* {folded}")
_STRIKE = sql.SQL(
    "UPDATE {table} SET {column} = regexp_replace({column}::text, {pattern}, {struck}, {flags})::{kind}"
    " WHERE {column}::text ~{any_case} {pattern}"
)
_NOWHERE = "(?!)"
"""A pattern that is never found."""


def find_texts(database: Database, texts: Sequence[str], folded: Sequence[str] = ()) -> dict[str, int]:
    """Rows in which one of `texts` stands by itself, or in any case one of `folded`, by table; tables without
    any are left out. Raises StoreUnavailable."""
    with database.transaction() as connection:
        names = [name for (name,) in connection.execute(_TABLES).fetchall()]
        counts = {name: _count(connection, name, texts, folded) for name in names}
    return {name: count for name, count in counts.items() if count}


def strike_texts(database: Database, texts: Sequence[str], folded: Sequence[str] = ()) -> dict[str, int]:
    """Put `[erased]` in the place of `texts`, and in any case of `folded`, in every column of text, accounts
    left out; rows changed, by table. Raises StoreUnavailable."""
    sought = [(mention_alone(some), some is folded) for some in (folded, texts) if some]
    changed: dict[str, int] = {}
    with database.transaction() as connection:
        for table, column, kind in connection.execute(_TEXTS).fetchall():
            if table in _ACCOUNTS:
                continue
            for pattern, in_any_case in sought:
                statement = _STRIKE.format(
                    table=sql.Identifier(table),
                    column=sql.Identifier(column),
                    pattern=sql.Literal(pattern),
                    struck=sql.Literal(STRUCK),
                    flags=sql.Literal("gi" if in_any_case else "g"),
                    any_case=sql.SQL("*" if in_any_case else ""),
                    kind=sql.SQL(_KINDS[kind]),
                )
                if count := connection.execute(statement).rowcount:
                    changed[table] = changed.get(table, 0) + count
    return changed


def _count(connection: Connection, table: str, texts: Sequence[str], folded: Sequence[str]) -> int:
    some = _MENTIONS.format(
        texts=sql.Literal(mention(texts) or _NOWHERE), folded=sql.Literal(mention(folded) or _NOWHERE)
    )
    row = connection.execute(_COUNT.format(table=sql.Identifier(table), any=some)).fetchone()
    return int(row[0]) if row else 0
