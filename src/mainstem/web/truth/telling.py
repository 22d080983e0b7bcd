"""What is done next while an answer is worked out, for the page that waits for it.

An answer that its page named is told of to the same person alone, and only while it is worked out. Nothing
here waits, and nothing of what was said outlives the server.
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass
class Telling:
    began: float = field(default_factory=time.monotonic)
    step: str = ""

    @property
    def seconds(self) -> int:
        return int(time.monotonic() - self.began)


class Tellings:
    """Safe to use from several threads."""

    def __init__(self) -> None:
        self._under_way: dict[tuple[str, str], Telling] = {}
        self._guard = threading.Lock()

    @contextmanager
    def of(self, person: str, name: str) -> Iterator[Callable[[str], None]]:
        """While the block runs, what is said by the given function is what `now` says."""
        telling = Telling()

        def tell(step: str) -> None:
            telling.step = step

        with self._guard:
            self._under_way[person, name] = telling
        try:
            yield tell
        finally:
            with self._guard:
                if self._under_way.get((person, name)) is telling:
                    del self._under_way[person, name]

    def now(self, person: str, name: str) -> Telling | None:
        with self._guard:
            return self._under_way.get((person, name))
