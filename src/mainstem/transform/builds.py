"""One run of dbt with all that belongs to it: its turn, its record, the look at the catalog after it.

Whoever runs dbt on a lake runs it through here, the worker and a build without one alike. They take turns:
what a build left behind is known before the next one begins.
"""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Protocol

import msgspec

from mainstem.errors import FatalError, InputError, MainstemError, TransientError
from mainstem.transform.arguments import check_arguments
from mainstem.transform.messages import Finished
from mainstem.transform.publishing import RECORDED

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

    from mainstem.transform.messages import Event, Request


class Runs(Protocol):
    """What runs dbt: `Dbt`."""

    @property
    def stopping(self) -> bool: ...

    def stop(self) -> None:
        """Let nothing begin any more. Returns at once."""

    def run(self, args: Sequence[str], on_event: Callable[[Event], None]) -> Finished: ...


class Check(Protocol):
    """Looks whether the lake's catalog is sound."""

    def check(self) -> None:
        """Raises FatalError when it is not."""


class Records(Protocol):
    """Keeps the history of runs and publishes those that may be: `Publisher`.

    Raises TransientError when it cannot; nothing has changed then.
    """

    def begin(self, command: Sequence[str], asked_by: str, run: str = "") -> int | None:
        """The number it is kept under, None for one that is not; `run` is the DAG's that it is part of."""

    def finish(self, build_id: int, outcome: Finished) -> Finished:
        """The outcome, with what came of it for readers."""


class NoRecords:
    """Nothing is kept and nothing is published."""

    def begin(self, command: Sequence[str], asked_by: str, run: str = "") -> int | None:
        return None

    def finish(self, build_id: int, outcome: Finished) -> Finished:
        return outcome


class Builds:
    """Call `run` from the main thread only: dbt is broken off by signals."""

    def __init__(
        self,
        dbt: Runs,
        check: Check,
        records: Records | None = None,
        turn: AbstractContextManager[object] | None = None,
    ) -> None:
        """`turn` is entered for each run that changes or tests the lake, and can be entered again."""
        self._dbt = dbt
        self._check = check
        self._records = records or NoRecords()
        self._turn = turn or nullcontext()

    @property
    def stopping(self) -> bool:
        return self._dbt.stopping

    def stop(self) -> None:
        """Break the running one off, and let none begin any more. Returns at once."""
        self._dbt.stop()

    def run(self, request: Request, tell: Callable[[Event], None]) -> None:
        """Run dbt once and tell every event, the last of them how it ended.

        Raises FatalError, once that is told, when the catalog is damaged.
        """
        turn = self._turn if request.args[:1] and request.args[0] in RECORDED else nullcontext()
        try:
            check_arguments(request.args)
            with turn:
                self._run(request, tell)
        except (InputError, TransientError) as e:
            tell(failed(f"not run: {e}"))

    def _run(self, request: Request, tell: Callable[[Event], None]) -> None:
        build_id = self._records.begin(request.recorded, request.asked_by, request.run)
        try:
            outcome = self._dbt.run(request.args, tell)
            self._check.check()
        except FatalError as e:
            tell(self._recorded(build_id, failed(str(e))))
            raise
        except MainstemError as e:
            outcome = failed(str(e))
        tell(self._recorded(build_id, outcome))

    def _recorded(self, build_id: int | None, outcome: Finished) -> Finished:
        """The outcome as it is kept, for the client. A build that could not be kept has failed: nobody is
        shown it."""
        told = msgspec.structs.replace(outcome, coverage=None)
        if build_id is None:
            return told
        try:
            return msgspec.structs.replace(self._records.finish(build_id, outcome), coverage=None)
        except TransientError as e:
            return msgspec.structs.replace(
                told,
                success=False,
                failures=(*outcome.failures, f"not published: its end could not be recorded: {e}"),
            )


def failed(why: str) -> Finished:
    return Finished(False, 0, 0, (why,))
