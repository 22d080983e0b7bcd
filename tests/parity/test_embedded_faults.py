"""What may befall the embedded runner's tries: none becomes a false success; what was hindered goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mainstem.manifest import Dag, Manifest
from mainstem.testing.runner import shell
from tests.parity.embedded import embedded

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.config import PostgresAddress

pytestmark = pytest.mark.long


def _manifest(*tasks: object) -> Manifest:
    return Manifest("parity", (Dag("d", tasks),))  # type: ignore[arg-type]  # tasks, as `shell` makes them


def test_a_program_that_is_killed_has_failed_and_is_tried_again(
    catalog: PostgresAddress, tmp_path: Path
) -> None:
    script = '[ "$MAINSTEM_TRY_NUMBER" -gt 1 ] || kill -s KILL $$'
    with embedded(_manifest(shell("killed", script, retries=1, retry_delay=0.0)), catalog, tmp_path) as scene:
        scene.run("d")
        task = scene.report().tasks["d.killed"]
    assert (task.state, task.tries, task.exit_codes) == ("success", 2, (137, 0))
