"""In what warehouses differ, as plain fields, so that no code asks for a name."""

from __future__ import annotations

import msgspec


class Capabilities(msgspec.Struct, frozen=True):
    """What one warehouse can do and how it wants SQL written."""

    provider: str
    """RudderStack's provider name whose schema rules the tables follow."""
    dialect: str
    """sqlglot's name of the SQL dialect."""
    catalog: str | None
    """First part of a fully qualified table name; None where names have two parts."""
    quote: str = '"'
    """Opens and closes a quoted identifier; doubled inside one."""
    widens_int_to_float: bool = True
    """Whether a column can change from int to float in place."""

    def quoted(self, identifier: str) -> str:
        return f"{self.quote}{identifier.replace(self.quote, self.quote * 2)}{self.quote}"

    def qualified(self, namespace: str, table: str) -> str:
        parts = [self.catalog, namespace, table] if self.catalog else [namespace, table]
        return ".".join(self.quoted(part) for part in parts)
