"""A tap that is called: for its help, for its catalog, for its rows. It knows no tables.

Whether a tap takes `--catalog` or `--properties` is found out: with the wrong one some end well and read
nothing. The one that brought a record is kept beside what was discovered, in the connector's folder.
"""

from __future__ import annotations

import json
import os
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import msgspec

from mainstem.connectors.singer.catalog import Entry, read_catalog
from mainstem.connectors.singer.config import TapConfig, private
from mainstem.connectors.singer.process import Program, Run
from mainstem.errors import ConfigError, TapFailed
from mainstem.saas import Usage

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from mainstem.connectors.kind import Opening
    from mainstem.connectors.singer.environment import Installed, TapEnvironment
    from mainstem.connectors.singer.settings import SingerSettings
    from mainstem.connectors.singer.turn import Turn

FLAGS = ("--catalog", "--properties")
_HELP_SECONDS = 60.0
_HANDED_ON = (
    "PATH", "LANG", "LC_ALL", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE",
    "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "no_proxy",
    "all_proxy",
)  # fmt: skip
_REQUEST = "http_request_duration"
"""The metric that taps write into their log for each request."""


class _Kept(msgspec.Struct):
    """What was found out of a tap."""

    mark: str = ""
    """Of the tap and its settings: of others nothing is known."""
    flag: str = ""
    discovered_at: str = ""
    catalog: dict[str, Any] = {}


@dataclass
class Tap:
    opening: Opening
    settings: SingerSettings
    where: str
    environment: TapEnvironment | Installed
    turn: Turn

    def __post_init__(self) -> None:
        self.usage = Usage()
        given = {"start_date": f"{self.settings.start}T00:00:00Z", **self.settings.config}
        self._config = TapConfig(self.folder, given, self.settings.secrets)
        self._kept_path = self.folder / "tap.json"

    @property
    def folder(self) -> Path:
        return self.opening.folder

    def entries(self, *, anew: bool = False) -> list[Entry]:
        """Its streams. Raises TapFailed, ConfigError."""
        if self.settings.catalog:
            path = self.opening.project / self.settings.catalog
            try:
                return read_catalog(path.read_bytes(), str(path))
            except OSError as e:
                raise ConfigError(f"{self.where} catalog", f"cannot read {path}: {e.strerror}") from e
        kept, now = self._kept(), self.opening.clock.now()
        if anew or not kept.catalog or self._is_old(kept, now):
            content = self._discovered()
            found = read_catalog(content, "what the tap discovered")
            kept.catalog, kept.discovered_at = json.loads(content), now.isoformat()
            self._keep(kept)
            return found
        return read_catalog(msgspec.json.encode(kept.catalog), str(self._kept_path))

    def flags(self) -> tuple[str, ...]:
        """What its catalog may go by: the one that is proven, else those that its help has, in the order to
        try."""
        kept = self._kept()
        if kept.flag:
            return (kept.flag,)
        text = self._help()
        return tuple(flag for flag in FLAGS if flag in text) or FLAGS

    def prove(self, flag: str) -> None:
        kept = self._kept()
        if kept.flag != flag:
            kept.flag = flag
            self._keep(kept)

    @contextmanager
    def running(
        self, name: str, arguments: Sequence[str], files: Mapping[str, bytes] | None = None
    ) -> Iterator[Run]:
        """A run that reads `files`, by their flags; its log is `name`'s. What it wrote into its config is
        kept."""
        command = self.environment.find()
        lock = self.turn.take()
        self._config.write()
        given = ["--config", str(self._config.path), *arguments]
        for flag, content in (files or {}).items():
            path = self.folder / f"{flag.removeprefix('--')}.json"
            private(path, content)
            given += [flag, str(path)]
        logs = self.folder / "logs"
        logs.mkdir(exist_ok=True, mode=0o700)
        settings = self.settings
        program = Program(
            command,
            self.opening.project,
            self._variables(),
            settings.quiet_minutes * 60,
            int(settings.longest_message_mb * 1_000_000),
        )
        with Run(program, given, logs / f"{_file_name(name)}.log", lock, self._hear) as run:
            self.turn.started(run.pid)
            try:
                yield run
            finally:
                self._config.strike()

    def lines(self, run: Run) -> Iterator[bytes]:
        """Counted."""
        for line in run.lines():
            self.usage.received_bytes += len(line)
            yield line

    def _discovered(self) -> bytes:
        with self.running("discovery", ["--discover"]) as run:
            content = b"\n".join(self.lines(run))
            run.ensure_success()
        return content

    def _help(self) -> str:
        try:
            done = subprocess.run(
                [self.environment.find(), "--help"],
                capture_output=True,
                text=True,
                stdin=subprocess.DEVNULL,
                cwd=self.opening.project,
                env=self._variables(),
                timeout=_HELP_SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as e:
            raise TapFailed(f"the tap does not answer --help: {e}") from e
        return done.stdout + done.stderr

    def _hear(self, line: str) -> None:
        self.usage.calls += _REQUEST in line

    def _variables(self) -> dict[str, str]:
        handed = {name: os.environ[name] for name in _HANDED_ON if name in os.environ}
        return {
            "LANG": "C.UTF-8",
            **handed,
            "HOME": str(self.folder),
            "PYTHONUTF8": "1",
            **self.settings.environment,
        }

    def _is_old(self, kept: _Kept, now: datetime) -> bool:
        age = now - datetime.fromisoformat(kept.discovered_at)
        return age >= timedelta(hours=self.settings.catalog_hours)

    def _kept(self) -> _Kept:
        """Empty for another tap than it was found out of."""
        try:
            kept = msgspec.json.decode(self._kept_path.read_bytes(), type=_Kept)
        except (FileNotFoundError, msgspec.DecodeError):  # it is found out again
            return _Kept(self._mark())
        return kept if kept.mark == self._mark() else _Kept(self._mark())

    def _keep(self, kept: _Kept) -> None:
        private(self._kept_path, msgspec.json.encode(kept))

    def _mark(self) -> str:
        one = self.settings
        told = msgspec.json.encode([one.package, one.executable, one.python, one.config], order="sorted")
        return sha256(told).hexdigest()


def _file_name(stream: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "-_" else "_" for letter in stream)
