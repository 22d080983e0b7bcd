"""Which texts RudderStack takes for moments, and how it writes them.

A text is a moment when it reads `YYYY-MM-DD`, alone or with a time, and lies between the years 1 and 9999. A
day past the end of its month rolls over into the next, as JavaScript's Date does: `2024-02-30` is March 1st.
Without a zone it is UTC. What may follow the date is what JavaScript reads there: after a `T` the form of ISO
8601; after a blank also looser ones, with seconds of one digit or milliseconds after a colon. Nothing else is
guessed at: `03/19/2012` and epoch numbers stay what they are. Two oddities of JavaScript's are left out: to
it `0049-05-05 01:02` lies in 2049, and `2021-03-04T05:06+05` is no moment.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_BLANK = r"[\t-\r \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff]"
"""White space that JavaScript reads between a date and a time."""

_TIME = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_HOURS = r"[+-](?:[01][0-9]|2[0-3])"
_PATTERN = re.compile(
    rf"""(?P<date>[0-9]{{4}}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01]))
        (?: T (?P<time>{_TIME} (?: :[0-5][0-9] (?:\.[0-9]+)? )? )
              (?P<zone> [Zz] | {_HOURS}(?: :?[0-5][0-9] )? )?
          | {_BLANK} [Zz]?
          | {_BLANK} (?P<loose_time>{_TIME}
                (?: :[0-5][0-9]\.[0-9]+ | :[0-9]+ (?: :[0-5][0-9](?:\.[0-9]+)? )? )? )
              (?P<loose_zone> [Zz] | {_HOURS}:?(?:[0-5][0-9])? )?
        )?""",
    re.VERBOSE,
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
    date, strict_time, strict_zone, loose_time, loose_zone = match.groups(default="")
    time = _time_of_day(strict_time or loose_time or "00:00")
    try:
        start = datetime(int(date[:4]), int(date[5:7]), 1, *time, tzinfo=UTC)
        return start + timedelta(days=int(date[8:]) - 1) - _offset(strict_zone or loose_zone or "Z")
    except (ValueError, OverflowError):  # year 0, or a zone that leads out of the years 1 to 9999
        return None


def _time_of_day(text: str) -> tuple[int, int, int, int]:
    """Hours, minutes, seconds and microseconds of `hh:mm`, `hh:mm:ss`, `hh:mm:ss.f…` or `hh:mm:ss:ms`."""
    whole, _, fraction = text.partition(".")
    hour, minute, *rest = (int(number) for number in whole.split(":"))
    second, thousandths = (*rest, int(fraction[:3].ljust(3, "0"))) if len(rest) == 1 else rest or (0, 0)
    return hour, minute, second, 1000 * thousandths


def _offset(zone: str) -> timedelta:
    if zone in "Zz":
        return timedelta()
    digits = zone[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return -offset if zone[0] == "-" else offset


def render_moment(moment: datetime) -> str:
    """`2021-03-04T05:06:07.089Z`: UTC, milliseconds, four digits of year."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
