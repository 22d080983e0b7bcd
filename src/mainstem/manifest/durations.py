"""Durations as people write them: `90`, `90s`, `5m`, `1h30m`, `1d`. In the manifest they are seconds."""

from __future__ import annotations

import re

VALID = "seconds, or such as 90s, 5m, 1h30m, 1d"
_UNITS = {"d": 86400.0, "h": 3600.0, "m": 60.0, "s": 1.0}
_WRITTEN = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s)?")


def seconds_of(text: str) -> float | None:
    """None for what is no duration."""
    found = _WRITTEN.fullmatch(text.replace(" ", ""))
    if found is None or not any(found.groups()):
        return None
    return sum(
        float(count) * seconds
        for count, seconds in zip(found.groups(), _UNITS.values(), strict=True)
        if count
    )


def written(seconds: float) -> str:
    """The shortest way: `1h30m`."""
    parts = []
    rest = seconds
    for unit, size in _UNITS.items():
        count, rest = (rest, 0.0) if unit == "s" else divmod(rest, size)
        if count:
            parts.append(f"{count:g}{unit}")
    return "".join(parts) or "0s"
