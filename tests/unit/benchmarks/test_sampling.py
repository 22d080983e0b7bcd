from __future__ import annotations

import threading

from benchmarks.sampling import Sampler


def waiting_inside(seen: threading.Event) -> None:
    seen.wait()


def outer(seen: threading.Event) -> None:
    waiting_inside(seen)


def test_time_belongs_to_the_innermost_function_that_has_a_stage() -> None:
    stages = {f"{__name__}:outer": "outer", f"{__name__}:waiting_inside": "inside"}
    seen = threading.Event()
    with Sampler(stages) as sampler:
        watcher = threading.Thread(target=_until_sampled, args=(sampler, seen))
        watcher.start()
        outer(seen)
        watcher.join()
    largest, share = sampler.stages()[0]
    assert largest == "inside"
    assert 0 < share <= 1


def _until_sampled(sampler: Sampler, seen: threading.Event) -> None:
    """Let the watched code go on once it has been looked at a few times."""
    while len(sampler.functions(1)) == 0 or sampler.stages()[0][0] != "inside":
        threading.Event().wait(0.001)
    seen.set()
