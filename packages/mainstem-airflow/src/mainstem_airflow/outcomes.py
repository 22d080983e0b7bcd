"""How a try ended, in the words of the embedded runner.

Promise: a failed task says why in one short line, never with a pod's whole specification.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from airflow.sdk.exceptions import AirflowException, AirflowSkipException

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import timedelta


class TaskFailed(AirflowException):
    """A try that failed."""


def judge(exit_code: int, skip_on: Collection[int]) -> None:
    """Return when the try succeeded. Raises AirflowSkipException or TaskFailed."""
    if exit_code in skip_on:
        skip(exit_code)
    if exit_code:
        fail(f"exit {exit_code}")


def skip(exit_code: int | None) -> NoReturn:
    raise AirflowSkipException(f"exit {exit_code}: nothing to do") from None


def fail(reason: str) -> NoReturn:
    raise TaskFailed(reason) from None


def of_timeout(limit: timedelta | None) -> str:
    if limit is None:
        return "timed out"
    seconds = limit.total_seconds()
    return f"timed out after {f'{seconds:g} s' if seconds < 120 else limit}"
