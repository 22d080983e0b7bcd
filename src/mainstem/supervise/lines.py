"""One line of a log: a JSON object with `ts`, `level`, `logger`, `process`, `message` and `fields`.

Every line passes through `made` or `parsed`, the places where secrets are struck out. What a program wrote
that is not such an object (Postgres, dbt, a C library) is wrapped whole and never dropped.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from mainstem.config import redact

if TYPE_CHECKING:
    from collections.abc import Mapping

Level = Literal["debug", "info", "warning", "error", "critical"]
LEVELS: tuple[Level, ...] = ("debug", "info", "warning", "error", "critical")

RAW_LOGGER = "output"
"""What `logger` says of a line that was wrapped."""

# Only what Postgres says of itself: its ERROR ends one statement, which clients that retry cause all day,
# and FATAL behind `user@database` (the store's log_line_prefix) ends one session, such as at every stop.
_POSTGRES_SEVERITY = re.compile(r"\] (\S*@\S* )?(PANIC|FATAL):  ")
_NOBODYS = "@ "
_OUR_LAST_WORDS = "mainstem: "


class LogLine(msgspec.Struct, frozen=True):
    """One thing that was said. Make it with `made` or `parsed`, so that it holds no secret."""

    ts: str
    """RFC 3339, UTC, microseconds."""
    level: Level
    logger: str
    process: str
    message: str
    fields: dict[str, Any] = {}
    """Facts beside the message, by names that stand in the code; `traceback` holds an exception's."""

    def encoded(self) -> bytes:
        return msgspec.json.encode(self) + b"\n"

    def at_least(self, level: Level) -> bool:
        return LEVELS.index(self.level) >= LEVELS.index(level)

    def brief(self) -> str:
        """The message; nothing in it can steer a terminal."""
        return "\n".join(_printable(line) for line in self.message.splitlines())

    def text(self) -> str:
        """The message and, below it, a traceback that belongs to it."""
        traceback = str(self.fields.get("traceback", "")).splitlines()
        return "\n".join([self.brief(), *(_printable(line) for line in traceback)])


def made(
    level: Level,
    logger: str,
    process: str,
    message: str,
    fields: Mapping[str, Any],
    at: datetime | None = None,
) -> LogLine:
    """A line said by this process; `at` is now when left out."""
    moment = (at or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="microseconds")
    struck = {name: _struck(value) for name, value in fields.items()}
    return LogLine(moment.replace("+00:00", "Z"), level, logger, process, redact(message), struck)


def parsed(process: str, raw: bytes) -> LogLine:
    """The line that a child of name `process` wrote, its own or wrapped."""
    text = raw.decode("utf-8", "replace").rstrip("\r\n")
    try:
        line = msgspec.json.decode(text, type=LogLine)
    except (msgspec.MsgspecError, RecursionError):
        return made(_level_of(text), RAW_LOGGER, process, text, {})
    fields = {name: _struck(value) for name, value in line.fields.items()}
    return msgspec.structs.replace(line, message=redact(line.message), fields=fields, process=process)


def _level_of(text: str) -> Level:
    if text.startswith(_OUR_LAST_WORDS):
        return "error"
    found = _POSTGRES_SEVERITY.search(text)
    if found is None:
        return "info"
    if found.group(2) == "PANIC":
        return "critical"
    return "error" if found.group(1) in (None, _NOBODYS) else "info"


def _struck(value: Any) -> Any:
    """`value` as plain JSON without secrets; what JSON does not know becomes its text."""
    match value:
        case str():
            return redact(value)
        case bool() | int() | float() | None:
            return value
        case dict():
            return {redact(str(name)): _struck(inner) for name, inner in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_struck(inner) for inner in value]
        case _:
            return redact(str(value))


def _printable(text: str) -> str:
    return "".join(
        char if char.isprintable() or char == "\t" else "\N{REPLACEMENT CHARACTER}" for char in text
    )
