"""What the project's processes say: to stderr alone, to files and the terminal under `mainstem up`."""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from mainstem.errors import EnvironmentFailure
from mainstem.supervise import LogFile, LoggingSettings, log_as, logging_to

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from mainstem.assemble.project import Project
    from mainstem.config import Config
    from mainstem.supervise import LogLine

SUPERVISOR = "up"
"""Name of the supervisor's own lines and log file."""
RECOVERED = "recovered"
"""Field of a line that takes back an error which was shown: whoever saw that wants to see this."""

_STATE_CHANGES = "mainstem.supervise"
_NAME_WIDTH = 9


def log_process(config: Config, process: str) -> None:
    """Log as `process` from now on, as `[logging]` says. Raises ConfigError for settings that are wrong."""
    log_as(process, config.section("logging", LoggingSettings))


def logs_folder(project: Project) -> Path:
    """Where `mainstem up` keeps what each process says."""
    written = project.config.section("logging", LoggingSettings).dir
    return project.config.path(written) if written else project.data_dir / "logs"


class Terminal:
    """Shows lines as `process   | message`: warnings, the end of what they warned of, and what becomes of
    processes; or all and tracebacks."""

    def __init__(self, say: Callable[[str], None], verbose: bool) -> None:
        self._say = say
        self._verbose = verbose
        self._gone = False

    def show(self, line: LogLine) -> None:
        """Safe to call from any thread. A terminal that has gone is not an error of who speaks."""
        if self._gone or not (
            self._verbose
            or line.at_least("warning")
            or RECOVERED in line.fields
            or line.logger.startswith(_STATE_CHANGES)
        ):
            return
        try:
            for text in (line.text() if self._verbose else line.brief()).splitlines():
                self._say(f"{line.process:<{_NAME_WIDTH}} | {text}")
        except OSError:
            self._gone = True


@contextmanager
def supervisor_logs(project: Project, terminal: Terminal) -> Iterator[None]:
    """Within it, what this process says goes to `up.log` and to the terminal.

    Raises EnvironmentFailure when the folder of logs cannot be written to.
    """
    settings = project.config.section("logging", LoggingSettings)
    path = logs_folder(project) / f"{SUPERVISOR}.log"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        log = LogFile(path, settings.file_bytes, settings.files)
    except OSError as e:
        raise EnvironmentFailure(f"cannot write {path}: {e.strerror}; see [logging] dir") from e

    def sink(line: LogLine) -> None:
        log.write(line)
        terminal.show(line)

    with closing(log), logging_to(sink, SUPERVISOR, settings.level):
        yield
