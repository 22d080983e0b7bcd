"""One `*.model.lkml` with everything it includes."""

from __future__ import annotations

import msgspec

from mainstem.semantics.model.explore import Explore, ExploreQuery
from mainstem.semantics.model.origin import Origin
from mainstem.semantics.model.view import View


class AccessGrant(msgspec.Struct, frozen=True):
    """Held by whoever has one of `allowed_values` in that attribute."""

    name: str
    user_attribute: str
    allowed_values: tuple[str, ...]
    origin: Origin


class NamedFormat(msgspec.Struct, frozen=True, omit_defaults=True):
    """A `named_value_format`."""

    name: str
    value_format: str
    strict_value_format: bool = False


class Assertion(msgspec.Struct, frozen=True):
    name: str
    expression: str
    """A table calculation that must be yes in every row."""
    origin: Origin


class DataTest(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A `test:`: a query and what must hold of every row of its answer."""

    name: str
    explore: str
    query: ExploreQuery
    assertions: tuple[Assertion, ...]
    origin: Origin


class Model(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Views and explores as they are after constants, refinements and extensions."""

    name: str
    label: str
    connection: str | None
    origin: Origin
    views: dict[str, View] = {}
    explores: dict[str, Explore] = {}
    access_grants: dict[str, AccessGrant] = {}
    named_value_formats: dict[str, NamedFormat] = {}
    tests: dict[str, DataTest] = {}
    week_start_day: str = "monday"
    fiscal_month_offset: int = 0
    """Months by which the fiscal year begins after January; negative before it."""
    case_sensitive: bool = True
    omitted: dict[str, str] = {}
    """Views and explores that were written but are not offered, with the reason."""
