"""Who asks, when, and where the clocks stand: all that decides an answer and is not the question."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec


class Asking(msgspec.Struct, frozen=True):
    """Who asks, as far as it decides what they are shown."""

    user_attributes: dict[str, str] = {}
    chosen_attributes: dict[str, str] = {}
    plain_attributes: frozenset[str] = frozenset()
    sees_everything: bool = False
    models: frozenset[str] | None = None
    """Those they may ask; None: every one."""


EVERYTHING = Asking(sees_everything=True)
NOTHING_GUARDED = Asking()


class Context(msgspec.Struct, frozen=True, kw_only=True):
    now: datetime
    """Naive UTC, for filters like `7 days`."""
    user_attributes: dict[str, str] = {}
    """Of the asker: access filters, access grants and Liquid read them. A name that is not there has no
    value, which an access filter takes for nothing to see."""
    chosen_attributes: dict[str, str] = {}
    """What the asker set themself, before what they were given: Liquid reads it, no filter or grant does."""
    plain_attributes: frozenset[str] = frozenset()
    """Names of those whose value is matched as it stands; of all others it is a filter expression."""
    sees_everything: bool = False
    """No access filter or grant holds: for those who may read the warehouse itself."""
    models: frozenset[str] | None = None
    """Those the asker may ask, every other is unknown to them; None: every one."""
    cohorts: dict[str, Any] = {}
    """Cohorts that may be filtered by, by name: `cohorts.StandingCohort`."""
    database_timezone: str = "UTC"
    """What times in the warehouse are in."""
    query_timezone: str | None = None
    """What people see; None: no conversion. A request may name its own."""

    @property
    def liquid_attributes(self) -> dict[str, str]:
        return self.user_attributes | self.chosen_attributes


def context_of(asked: Context | datetime) -> Context:
    """Where all that is known of the asker is when: naive UTC."""
    return asked if isinstance(asked, Context) else Context(now=asked, sees_everything=True)
