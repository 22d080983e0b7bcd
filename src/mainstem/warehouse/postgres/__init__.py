"""A Postgres database that somebody else fills, read like a warehouse and never written to."""

from __future__ import annotations

from mainstem.warehouse.postgres.reading import PostgresReader

__all__ = ["PostgresReader"]
