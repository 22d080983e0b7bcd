from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import gc
from mainstem.collect.memory import LARGE_BYTES, return_large_blocks, settle_collector

def resident():
    return int(open("/proc/self/statm").read().split()[1]) * 4096

return_large_blocks()
settle_collector()
before = resident()
for _ in range(3):
    blocks = [(bytes(8 * LARGE_BYTES), bytes(600)) for _ in range(100)]
    small = [little for _, little in blocks]
    del blocks
print(gc.get_freeze_count() > 0, (resident() - before) < 20 * LARGE_BYTES)
"""


def test_large_blocks_go_back_to_the_system_though_small_ones_between_them_stay() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True"]
