"""What a repository needs of a table, said beside its statements; a test holds the migrations to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Table:
    name: str
    columns: Mapping[str, str]
    """Each column's type as Postgres spells it, with a `?` after it where NULL is a value."""
