"""A program of this machine: started, its lines read, ended whole.

Promise: no shell reads its arguments, its environment is the one that is given and nothing of Airflow's own
(whose variables hold passwords), and nothing of it runs on once it was ended or Airflow's task process died
(`guard`).
"""

from __future__ import annotations

import fnmatch
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_GUARD = Path(__file__).with_name("guard.py")
INHERITED = (
    "PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "LC_*", "TZ", "TMPDIR",
    "SSL_CERT_FILE", "SSL_CERT_DIR",
)  # fmt: skip
"""What every program needs of its machine: names, `*` for any letters."""
_AIRFLOWS_OWN = "AIRFLOW*"
"""Settings and connections, passwords among them: no program gets these, whatever else it gets."""


def inherited(environment: Mapping[str, str], patterns: Sequence[str]) -> dict[str, str]:
    return {
        name: value
        for name, value in environment.items()
        if not fnmatch.fnmatchcase(name, _AIRFLOWS_OWN)
        and any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)
    }


class Program:
    """One program under its guard."""

    def __init__(
        self, argv: Sequence[str], *, cwd: Path, environment: Mapping[str, str], grace: float
    ) -> None:
        guard = [sys.executable, "-I", "-S", str(_GUARD), str(grace), environment.get("LC_CTYPE", "")]
        self._process = subprocess.Popen(
            [*guard, *argv],
            cwd=cwd,
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._lifeline = cast(IO[bytes], self._process.stdin)
        self._output = cast(IO[bytes], self._process.stdout)

    def lines(self) -> Iterator[str]:
        """What it writes, until nothing of it runs any more."""
        for line in self._output:
            yield line.decode("utf-8", errors="backslashreplace").rstrip("\n")

    def exit_code(self) -> int:
        """Once `lines` is at its end. Of a program that a signal ended: 128 + its number."""
        return self._process.wait()

    def stop(self) -> None:
        """Tell its guard to end it; `lines` still gives what it says meanwhile."""
        with suppress(OSError):
            self._lifeline.close()
