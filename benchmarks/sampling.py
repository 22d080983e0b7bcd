"""Where a thread's time goes: its stack, looked at a few hundred times a second from another thread.

Calls into C that release the interpreter's lock are seen as well as Python code, and nothing is added to
any call, unlike with a tracing profiler. Time that the collector of garbage takes is clocked apart, since
it falls on whichever function allocates.
"""

from __future__ import annotations

import gc
import sys
import threading
import time
from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import FrameType, TracebackType

_INTERVAL_SECONDS = 0.003

REST = "the rest"


class Sampler:
    """Watches the thread that enters its `with` block. `stages` maps `module:qualified.name` to a stage;
    a sample belongs to the innermost function on its stack that is named there."""

    def __init__(self, stages: Mapping[str, str]) -> None:
        self._stages = stages
        self._ended = threading.Event()
        self._seconds: dict[str, float] = defaultdict(float)
        self._own: dict[str, float] = defaultdict(float)
        self._collecting = 0.0
        self._collection_began = 0.0

    def __enter__(self) -> Sampler:
        self._thread = threading.Thread(target=self._watch, args=(threading.get_ident(),), daemon=True)
        gc.callbacks.append(self._on_collection)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()
        gc.callbacks.remove(self._on_collection)

    def stages(self) -> list[tuple[str, float]]:
        """Each stage's share of the time, the largest first."""
        return _shares(self._seconds)

    def functions(self, most: int) -> list[tuple[str, float]]:
        """The functions at the end of the stack, their own code and calls into C, the largest first."""
        return _shares(self._own)[:most]

    @property
    def collecting(self) -> float:
        """Share of the time that went into collecting garbage; it is part of the stages too."""
        return self._collecting / max(sum(self._seconds.values()), 1e-9)

    def _watch(self, watched: int) -> None:
        last = time.perf_counter()
        while not self._ended.wait(_INTERVAL_SECONDS):
            frame = sys._current_frames().get(watched)
            now = time.perf_counter()
            if frame is not None and frame.f_code is Sampler._on_collection.__code__:
                frame = frame.f_back  # the collector ran on behalf of whoever allocated
            if frame is not None:
                self._own[name_of(frame)] += now - last
                self._seconds[self._stage(frame)] += now - last
            last = now

    def _stage(self, frame: FrameType | None) -> str:
        while frame is not None:
            stage = self._stages.get(name_of(frame))
            if stage is not None:
                return stage
            frame = frame.f_back
        return REST

    def _on_collection(self, phase: str, _info: dict[str, int]) -> None:
        if phase == "start":
            self._collection_began = time.perf_counter()
        else:
            self._collecting += time.perf_counter() - self._collection_began


def name_of(frame: FrameType) -> str:
    return f"{frame.f_globals.get('__name__', '?')}:{frame.f_code.co_qualname}"


def _shares(seconds: Mapping[str, float]) -> list[tuple[str, float]]:
    total = max(sum(seconds.values()), 1e-9)
    largest_first = sorted(seconds.items(), key=lambda item: -item[1])
    return [(name, spent / total) for name, spent in largest_first]
