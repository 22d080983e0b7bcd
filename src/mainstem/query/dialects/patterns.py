"""strftime's letters in the words of TO_CHAR."""

from __future__ import annotations

_WORDS = {
    "%Y": "YYYY",
    "%m": "MM",
    "%d": "DD",
    "%H": "HH24",
    "%M": "MI",
    "%S": "SS",
    "%B": "FMMonth",
    "%A": "FMDay",
}


def to_char_pattern(pattern: str) -> str:
    """Postgres's and Redshift's; names of months and days come in English, without padding."""
    for letter, word in _WORDS.items():
        pattern = pattern.replace(letter, word)
    return pattern
