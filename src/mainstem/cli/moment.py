"""A moment as people name it: a day, a time, or how long ago."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from datetime import tzinfo
    from typing import Any

_AGO = re.compile(r"(\d{1,6})([smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class Moment(click.ParamType):  # type: ignore[type-arg] # generic since click 8.4 only
    """`2026-01-31`, `2026-01-31T12:00`, or `90m`, `24h`, `7d` for so long ago. UTC where no zone is named."""

    name = "moment"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        ago = _AGO.fullmatch(value)
        try:
            if ago is not None:
                return datetime.now(UTC) - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
            found = datetime.fromisoformat(value)
        except (ValueError, OverflowError):
            self.fail(
                f"{value!r} is no moment: write 2026-01-31, 2026-01-31T12:00, 90m, 24h or 7d", param, ctx
            )
        return found if found.tzinfo else found.replace(tzinfo=UTC)


class MomentOrDay(Moment):
    """As `Moment`, but that a day without a time stays a `date`: whose day it is, the caller knows."""

    def convert(  # type: ignore[override] # of a wider type than the moment's
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        if isinstance(value, str):
            try:
                return date.fromisoformat(value)
            except ValueError:
                pass
        return super().convert(value, param, ctx)


def begin_of(asked: date, zone: tzinfo) -> datetime:
    """A moment as it is, the first of a day on the clock of `zone`."""
    return asked if isinstance(asked, datetime) else datetime.combine(asked, time.min, zone)


def end_of(asked: date, zone: tzinfo) -> datetime:
    """A moment as it is, the last of a day on the clock of `zone`."""
    return asked if isinstance(asked, datetime) else datetime.combine(asked, time.max, zone)
