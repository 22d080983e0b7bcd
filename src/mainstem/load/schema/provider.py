"""In what RudderStack's schema rules differ between warehouses, as one frozen record each.

Nothing else in this package asks which warehouse it works for; a new one is a new record. `ducklake` is
PostgreSQL's rules without the cut at 63 characters: DuckDB sets no such limit.
"""

from __future__ import annotations

from functools import cache
from importlib import resources

import msgspec


class Provider(msgspec.Struct, frozen=True):
    """The schema rules of one warehouse."""

    name: str
    """RudderStack's provider name in lower case."""
    integration: str
    """Key of this warehouse in an event's `integrations`."""
    upper_case: bool
    """Whether identifiers stand in upper case; lower case otherwise."""
    cut: int | None
    """Characters an identifier keeps before reserved words are looked up; None for no such limit."""
    reserved: frozenset[str]
    """Words, in upper case, that take a leading underscore as identifiers."""
    keeps_created_tables: bool = False
    """Whether `tracks`, `pages` and the like never take an event of that name, not even one that asks for
    `skipReservedKeywordsEscaping`: its row would stand there twice."""
    text_over: int | None = None
    """Strings of more UTF-16 units than this are typed `text`; None where there is no such type."""

    def cased(self, name: str) -> str:
        """A name of our own in the case this warehouse's identifiers stand in."""
        return name.upper() if self.upper_case else name.lower()


@cache
def _reserved_words(name: str) -> frozenset[str]:
    text = (resources.files(__package__) / "reserved" / f"{name}.txt").read_text("ascii")
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    return frozenset(word for line in lines for word in line.split())


POSTGRES = Provider("postgres", "POSTGRES", upper_case=False, cut=63, reserved=_reserved_words("postgres"))
SNOWFLAKE = Provider(
    "snowflake", "SNOWFLAKE", upper_case=True, cut=None, reserved=_reserved_words("snowflake")
)
REDSHIFT = Provider(
    "redshift", "RS", upper_case=False, cut=None, reserved=_reserved_words("redshift"), text_over=512
)
DUCKLAKE = Provider(
    "ducklake",
    "DUCKLAKE",
    upper_case=False,
    cut=None,
    reserved=_reserved_words("postgres"),
    keeps_created_tables=True,
)

PROVIDERS = {provider.name: provider for provider in (POSTGRES, SNOWFLAKE, REDSHIFT, DUCKLAKE)}
