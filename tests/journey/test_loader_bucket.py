"""The lake in a bucket: events are loaded, models built and questions answered, and no key is written."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from mainstem.assemble.demo.project import demo_project
from mainstem.testing.bucket import KEY_ID, SECRET, new_bucket
from mainstem.testing.load_stack import NAMESPACE, Stack, running, seeded

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.long


@pytest.fixture
def stack(tmp_path: Path, buckets: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    tmp_path.chmod(0o755)  # run by root, Postgres is another user's and must get in
    bucket = new_bucket(buckets)
    monkeypatch.setenv("BUCKET_KEY", KEY_ID)
    monkeypatch.setenv("BUCKET_SECRET", SECRET)
    folder = tmp_path / "project"
    demo_project(folder)
    with (folder / "mainstem.toml").open("a", encoding="utf-8") as settings:
        settings.write(
            f'\n[warehouse]\ndata_path = "{bucket.data_path}"\ns3_endpoint = "{bucket.s3_endpoint}"\n'
            's3_key_id = "env:BUCKET_KEY"\ns3_secret = "env:BUCKET_SECRET"\n'
        )
    with running(folder, tmp_path) as found:
        yield found


def test_a_bucket_takes_the_whole_road_and_no_key_is_written_down(stack: Stack, tmp_path: Path) -> None:
    """Of the models those behind one mart: that each can be built on a lake, the road of the demo shows."""
    chance = seeded()

    async def main() -> None:
        await stack.gateway.until_listening()
        async with stack.at_work(chance):
            await stack.ledger.more(300)

    asyncio.run(main())
    stack.check()
    built = stack.build("--select", "+fct_daily_site_visitors")
    assert built.returncode == 0, built.stdout + built.stderr
    question = f"SELECT count(*) AS n FROM {NAMESPACE}.tracks"
    asked = [sys.executable, "-m", "mainstem", "sql", question, "--format", "csv"]
    answer = subprocess.run(
        [*asked, "--project", str(stack.project.folder)], capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr
    assert int(answer.stdout.split()[-1]) > 0
    assert not list(stack.project.data_dir.rglob("*.parquet"))
    written = [path for path in tmp_path.rglob("*") if path.is_file() and not path.is_symlink()]
    assert [path for path in written if SECRET.encode() in path.read_bytes()] == []
