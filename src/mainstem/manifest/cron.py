"""Cron expressions that this runner and Airflow read alike: five fields, or one of the presets.

croniter, which both use, takes more (seconds, hashed and random fields); what has another meaning elsewhere
is refused.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from croniter import CroniterBadCronError, CroniterBadDateError, croniter

PRESETS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
}
"""As Airflow spells them out."""
VALID_CRON = "five fields (minute, hour, day of month, month, day of week), or " + ", ".join(PRESETS)

_FIELD = re.compile(r"[0-9A-Za-z*,/#-]+")
_HASHED = re.compile(r"(^|,)[hr]($|[,/(-])", re.IGNORECASE)
_SOME_DAY = datetime(2024, 1, 1, tzinfo=UTC).replace(tzinfo=None)


def five_fields(expression: str) -> str:
    """With a preset spelled out."""
    return PRESETS.get(expression, expression)


def cron_problem(expression: str) -> str:
    """What is wrong with it, empty when nothing is."""
    fields = five_fields(expression).split()
    if len(fields) != 5:
        return f"{len(fields)} field{'' if len(fields) == 1 else 's'}"
    for field in fields:
        if not _FIELD.fullmatch(field) or _HASHED.search(field):
            return f"{field!r} is not understood"
    try:
        croniter(" ".join(fields), _SOME_DAY).get_next(datetime)
    except CroniterBadDateError:
        return "no day is ever like that"
    except (CroniterBadCronError, ValueError, KeyError) as e:
        return _sentence(str(e))
    return ""


def zone_problem(name: str) -> str:
    """What is wrong with a time zone, empty when it is one of the IANA database."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return "there is no such time zone"
    return ""


def _sentence(text: str) -> str:
    """croniter's own words, without the expression, which is told anyway."""
    return re.sub(r"^\[[^\]]*\]\s*(is not acceptable)?[\s,]*", "", text) or "it is not understood"
