"""Where a tap's command is: installed by the user, or in a virtual environment that holds its package alone.

The environment stands in the connector's folder and is never ours: what a tap depends on cannot disturb us,
and its licence reaches no further than its process. Nothing is installed but by `make`.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from mainstem.config import redact
from mainstem.errors import ConfigError, EnvironmentFailure

if TYPE_CHECKING:
    from collections.abc import Sequence

_READY = "ready"
"""Written last: an environment without it was not made to its end."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_PATIENCE = 1200.0
_SHOWN = 2000


@dataclass(frozen=True)
class TapEnvironment:
    """A `package` in a folder of its own."""

    where: str
    """`[connectors.NAME]`, for messages."""
    name: str
    folder: Path
    package: str
    python: str
    executable: str

    @property
    def root(self) -> Path:
        mark = sha256(f"{self.package} {self.python}".encode()).hexdigest()[:12]
        return self.folder / f"venv-{mark}"

    @property
    def command(self) -> Path:
        return self.root / "bin" / (self.executable or _name_of(self.package))

    @property
    def is_ready(self) -> bool:
        return (self.root / _READY).exists()

    def find(self) -> str:
        """The command. Raises ConfigError while it is not installed."""
        if not self.is_ready:
            raise ConfigError(
                self.where, f"{self.package} is not installed yet", f"mainstem connectors check {self.name}"
            )
        return self._command()

    def make(self) -> str:
        """Install what is not installed, take away what was before it; the command.

        Raises EnvironmentFailure with what the installer said, ConfigError for a package without the command.
        """
        if not self.is_ready:
            for old in self.folder.glob("venv-*"):
                shutil.rmtree(old)
            for step in self._steps():
                _run(step, self.package)
            (self.root / _READY).touch()
        return self._command()

    def _command(self) -> str:
        if self.command.exists():
            return str(self.command)
        there = ", ".join(sorted(path.name for path in self.root.glob("bin/*tap*"))) or "none like a tap's"
        raise ConfigError(
            f"{self.where} executable", f"{self.package} has no command {self.command.name!r}", there
        )

    def _steps(self) -> list[list[str]]:
        root, python = str(self.root), self.python or _our_python()
        if uv := shutil.which("uv"):
            into = ["--python", f"{root}/bin/python"]
            return [
                [uv, "venv", "--quiet", "--python", python, root],
                [uv, "pip", "install", "--quiet", *into, "--", self.package],
            ]
        pip = [f"{root}/bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        return [[python, "-m", "venv", root], [*pip, "--", self.package]]


@dataclass(frozen=True)
class Installed:
    """A command that is there already."""

    where: str
    executable: str
    project: Path

    def find(self) -> str:
        """Raises ConfigError for one there is not."""
        written = Path(self.executable).expanduser()
        found = shutil.which(self.executable) if len(written.parts) == 1 else None
        command = Path(found) if found else self.project / written
        if not command.is_file():
            raise ConfigError(
                f"{self.where} executable",
                f"there is no program {self.executable!r}",
                "a path from the project's folder, a name on PATH, or package = … in its place",
            )
        return str(command)

    def make(self) -> str:
        return self.find()


def _our_python() -> str:
    """That our own environment was made with."""
    return getattr(sys, "_base_executable", "") or sys.executable


def _name_of(package: str) -> str:
    found = _NAME.match(package)
    return found[0] if found else package


def _run(step: Sequence[str], package: str) -> None:
    try:
        done = subprocess.run(step, capture_output=True, text=True, timeout=_PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired) as e:
        raise EnvironmentFailure(f"{package} could not be installed: {redact(str(e))}") from e
    if done.returncode:
        said = redact((done.stderr or done.stdout).strip()[-_SHOWN:])
        raise EnvironmentFailure(f"{package} could not be installed: {step[0]} said: {said}")
