"""Which texts RudderStack takes for moments, and how it writes them.

A text is a moment when it reads `YYYY-MM-DD`, alone or followed by `T` or a blank and a time with an
optional zone, and lies between the years 1 and 9999. A day past the end of its month rolls over into the
next, as JavaScript's Date does: `2024-02-30` is March 1st. Without a zone it is UTC. Nothing else is
guessed at: `03/19/2012` and epoch numbers stay what they are.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_PATTERN = re.compile(
    r"""(?P<year>\d{4})-(?P<month>0[1-9]|1[0-2])-(?P<day>0[1-9]|[12]\d|3[01])
        (?: [T\s] (?P<hour>[01]\d|2[0-3]) : (?P<minute>[0-5]\d)
            (?: : (?P<second>[0-5]\d) (?: \.(?P<fraction>\d+) )? )?
            (?P<zone> [Zz] | [+-](?:[01]\d|2[0-3])(?: :?[0-5]\d )? )?
        )?""",
    re.VERBOSE | re.ASCII,
)
_LONGEST = 64
"""No moment is written longer."""


def parse_moment(text: str) -> datetime | None:
    """The moment `text` names, in UTC with milliseconds (further digits are cut); None for any other text."""
    if text[4:5] != "-" or len(text) > _LONGEST:  # spares nearly every text the pattern
        return None
    match = _PATTERN.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, zone = match.groups(default="")
    time = (int(hour or 0), int(minute or 0), int(second or 0), int(fraction[:3].ljust(3, "0")) * 1000)
    try:
        start = datetime(int(year), int(month), 1, *time, tzinfo=UTC)
        return start + timedelta(days=int(day) - 1) - _offset(zone or "Z")
    except (ValueError, OverflowError):  # year 0, or a zone that leads out of the years 1 to 9999
        return None


def _offset(zone: str) -> timedelta:
    if zone in "Zz":
        return timedelta()
    digits = zone[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return -offset if zone[0] == "-" else offset


def render_moment(moment: datetime) -> str:
    """`2021-03-04T05:06:07.089Z`: UTC, milliseconds, four digits of year."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
