from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mainstem.orchestrate.keeping.files import read_claim, read_program
from mainstem.orchestrate.keeping.machine import TRY_VARIABLE
from mainstem.orchestrate.process import ProcessRuntime
from mainstem.testing.runtime import RuntimeContract

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.orchestrate.runtime import Runtime


class TestProcesses(RuntimeContract):
    adds = frozenset({TRY_VARIABLE})
    limits_memory = True
    _opened: list[ProcessRuntime]

    @pytest.fixture(autouse=True)
    def _closing(self) -> Iterator[None]:
        self._opened = []
        yield
        for runtime in self._opened:
            runtime.close()

    def open_runtime(self) -> Runtime:
        runtime = ProcessRuntime(kill_after=0.2)
        self._opened.append(runtime)
        return runtime

    def kill(self, runtime: Runtime, handle: str) -> None:
        program = read_program(Path(handle))
        assert program is not None
        os.kill(program.pid, signal.SIGKILL)

    def lose(self, runtime: Runtime, handle: str) -> None:
        claim = read_claim(Path(handle))
        assert claim is not None
        os.kill(claim.pid, signal.SIGKILL)

    def working_directory(self) -> Path:
        return Path("/usr")
