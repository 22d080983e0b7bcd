"""One line on the terminal that says how far a long command is; nothing where stderr is no terminal."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from types import TracebackType

_EVERY_SECONDS = 0.2


class Progress:
    """`tell` as often as wanted: it writes five times a second at most."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._shows = sys.stderr.isatty()
        self._said_at = 0.0
        self._said = False

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._said:
            click.echo("\r\033[K", nl=False, err=True)

    def tell(self, done: int, of: int) -> None:
        """In bytes, or in whatever `of` is in."""
        if of:
            self.say(f"{100 * min(done, of) // of} %")

    def say(self, how_far: str) -> None:
        now = time.monotonic()
        if self._shows and now - self._said_at >= _EVERY_SECONDS:
            self._said_at, self._said = now, True
            click.echo(f"\r\033[K{self._what}: {how_far}", nl=False, err=True)
