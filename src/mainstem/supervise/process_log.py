"""How a process of ours logs: the one set-up, for all of them.

Messages, fields, exceptions and tracebacks, those that nobody caught and warnings too, become LogLines
through `lines.made`, which strikes secrets out; there is no other way to a sink. It opens no file.
"""

from __future__ import annotations

import contextlib
import logging
import sys
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from mainstem.supervise.lines import LEVELS, Level, LogLine, made

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType

    from mainstem.supervise.settings import LoggingSettings

_exceptions = logging.getLogger("mainstem.crash")
_tracebacks = logging.Formatter()


def log_as(process: str, settings: LoggingSettings) -> None:
    """Log to stderr as `process`: JSON lines or text, as `settings` say."""
    _log_to(_json_to_stderr if settings.format == "json" else _text_to_stderr, process, settings.level)


@contextmanager
def logging_to(sink: Callable[[LogLine], None], process: str, level: Level) -> Iterator[None]:
    """Give `sink` whatever this process says within the block, and no sink of before.

    `extra={"fields": {...}}` adds facts to a line; `extra={"about": name}` names the process that it is
    about, where that is another.
    """
    root = logging.getLogger()
    before = (list(root.handlers), root.level, sys.excepthook, threading.excepthook)
    _log_to(sink, process, level)
    try:
        yield
    finally:
        root.handlers[:], number, sys.excepthook, threading.excepthook = before
        root.setLevel(number)
        logging.captureWarnings(capture=False)


def _log_to(sink: Callable[[LogLine], None], process: str, level: Level) -> None:
    root = logging.getLogger()
    for old in [handler for handler in root.handlers if _says_it_too(handler)]:
        root.removeHandler(old)
    root.addHandler(_LineHandler(sink, process))
    root.setLevel(level.upper())
    logging.captureWarnings(capture=True)
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread


class _LineHandler(logging.Handler):
    def __init__(self, sink: Callable[[LogLine], None], process: str) -> None:
        super().__init__()
        self._sink = sink
        self._process = process

    def emit(self, record: logging.LogRecord) -> None:
        self._sink(line_of(record, self._process))


def _says_it_too(handler: logging.Handler) -> bool:
    """Ours of before, and one that `logging.info` in some library put there: it would say all twice, raw."""
    if isinstance(handler, _LineHandler):
        return True
    return isinstance(handler, logging.StreamHandler) and handler.stream in (sys.stdout, sys.stderr)


def line_of(record: logging.LogRecord, process: str) -> LogLine:
    """The line that a record becomes."""
    fields: dict[str, Any] = dict(getattr(record, "fields", {}))
    if record.exc_info and record.exc_info[0] is not None:
        fields["traceback"] = _tracebacks.formatException(record.exc_info)
    if record.stack_info:
        fields["stack"] = record.stack_info
    return made(
        LEVELS[max(0, min(record.levelno // 10 - 1, len(LEVELS) - 1))],
        record.name,
        getattr(record, "about", process),
        _message(record),
        fields,
        datetime.fromtimestamp(record.created, UTC),
    )


def _message(record: logging.LogRecord) -> str:
    """A message whose arguments do not fit is said as it stands: logging itself would print them raw."""
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError) as e:
        return f"{record.msg} {record.args!r} ({type(e).__name__}: {e})"


def _json_to_stderr(line: LogLine) -> None:
    _write(line.encoded().decode())


def _text_to_stderr(line: LogLine) -> None:
    _write(f"{line.ts} {line.level.upper()} {line.logger}: {line.text()}\n")


def _write(text: str) -> None:
    with contextlib.suppress(OSError, ValueError):  # stderr is gone or closed: there is nobody left to tell
        sys.stderr.write(text)
        sys.stderr.flush()


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    _exceptions.critical("%s: %s", kind.__name__, error, exc_info=(kind, error, trace))


def _uncaught_in_thread(what: threading.ExceptHookArgs) -> None:
    if what.exc_type is SystemExit:
        return
    error = what.exc_value or what.exc_type()
    name = what.thread.name if what.thread else "?"
    trace = (what.exc_type, error, what.exc_traceback)
    _exceptions.critical("in thread %s: %s: %s", name, what.exc_type.__name__, error, exc_info=trace)
