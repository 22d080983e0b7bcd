"""An operator that runs a task's program on the worker itself: for `airflow standalone` and small machines.

Promise: its exit codes, timeouts and log are those of the same task in a pod.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowTaskTimeout
from airflow.sdk.log import mask_secret

from mainstem_airflow import outcomes
from mainstem_airflow.programs import INHERITED, Program, inherited
from mainstem_airflow.secrets import Mask, SecretMissing, resolve
from mainstem_airflow.verbatim import VerbatimFields

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from airflow.sdk import Context

    from mainstem_airflow.manifest import SecretRef


class LocalProgramOperator(VerbatimFields, BaseOperator):
    """Run `argv` in `cwd` as its own session, with what `environment`, `secrets` and the run say."""

    template_fields: Sequence[str] = ("argv", "cwd", "environment", "run_environment")
    rendered_fields = ("run_environment",)
    ui_color = "#e8f1ea"

    def __init__(
        self,
        *,
        argv: list[str],
        cwd: str,
        environment: dict[str, str],
        run_environment: dict[str, str],
        secrets: Mapping[str, SecretRef],
        secrets_folder: str = "",
        inherit: Sequence[str] = INHERITED,
        bin_folder: str = "",
        termination_grace: float = 30,
        skip_on_exit_code: Sequence[int] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.argv = argv
        self.cwd = cwd
        self.environment = environment
        self.run_environment = run_environment
        self.secrets = secrets
        self.secrets_folder = secrets_folder
        self.inherit = tuple(inherit)
        self.bin_folder = bin_folder
        self.termination_grace = termination_grace
        self.skip_on_exit_code = tuple(skip_on_exit_code)
        self._program: Program | None = None
        self._killed = False
        self._mask = Mask()

    def execute(self, context: Context) -> None:
        secrets = self._secrets()
        cwd = Path(self.cwd)
        if not cwd.is_dir():
            outcomes.fail(f"not started: there is no folder {cwd}")
        self._program = Program(
            self.argv, cwd=cwd, environment=self._environment(secrets), grace=self.termination_grace
        )
        self._read_to_end(self._program)
        code = self._program.exit_code()
        self._write(f"[mainstem] exit {code}")
        if self._killed:
            outcomes.fail("stopped")
        outcomes.judge(code, self.skip_on_exit_code)

    def on_kill(self) -> None:
        self._killed = True
        if self._program is not None:
            self._program.stop()

    def _read_to_end(self, program: Program) -> None:
        try:
            self._log_lines(program)
        except AirflowTaskTimeout:
            program.stop()
            self._log_lines(program)
            outcomes.fail(outcomes.of_timeout(self.execution_timeout))
        except BaseException:  # whatever it is, nothing may run on
            program.stop()
            self._log_lines(program)
            raise

    def _log_lines(self, program: Program) -> None:
        for line in program.lines():
            self._write(self._mask.strike(line))

    def _write(self, line: str) -> None:
        self.log.info("%s", line)

    def _secrets(self) -> dict[str, str]:
        folder = Path(self.secrets_folder) if self.secrets_folder else None
        try:
            secrets = resolve(self.secrets, environment=os.environ, folder=folder)
        except SecretMissing as e:
            outcomes.fail(f"not started: {e}")
        self._mask.learn(secrets.values())
        for value in secrets.values():
            mask_secret(value)
        return secrets

    def _environment(self, secrets: Mapping[str, str]) -> dict[str, str]:
        environment = inherited(os.environ, self.inherit)
        if self.bin_folder:
            environment["PATH"] = os.pathsep.join(filter(None, [self.bin_folder, environment.get("PATH")]))
        return {**environment, **self.environment, **self.run_environment, **secrets}
