"""The embedded runner makes of the twelve what Airflow makes of them."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from mainstem.orchestrate.podman import PodmanRuntime
from mainstem.testing.podman import IMAGE as PODMAN_IMAGE
from mainstem.testing.podman import NoPodman, PodmanForTests
from tests.parity.embedded import embedded, give_secrets
from tests.parity.expected import TWELVE
from tests.parity.reports import files_with, overlapping, table
from tests.parity.twelve import ADDRESS, AFTER, CANARIES, DAG, MANIFEST, NARROW

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.config import PostgresAddress
    from tests.parity.reports import RunReport, Span


node = pytest.mark.skipif(shutil.which("node") is None, reason="one of the twelve is written for Node")


@pytest.fixture
def podman() -> Iterator[PodmanForTests]:
    with tempfile.TemporaryDirectory(prefix="ms-parity-", ignore_cleanup_errors=True) as folder:
        podman = PodmanForTests(Path(folder))
        with pytest.MonkeyPatch.context() as patch:
            for name, value in podman.environment.items():
                patch.setenv(name, value)
            try:
                podman.prepare()
            except NoPodman as e:
                pytest.skip(f"no containers here: {e}")
            yield podman
            podman.remove()


@pytest.fixture(autouse=True)
def _secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    give_secrets(monkeypatch)


@pytest.mark.long
@node
def test_processes_make_of_the_twelve_what_is_expected(catalog: PostgresAddress, tmp_path: Path) -> None:
    with embedded(MANIFEST, catalog, tmp_path) as scene:
        scene.run(DAG)
        scene.await_run(AFTER)
        scene.await_alerts(len(TWELVE.alerts))
        report = scene.report()
        told, spans = str(scene.receiver.posted), scene.spans()
    _agrees("processes", report, spans, tmp_path, told)


@pytest.mark.slow
@node
def test_containers_make_of_the_twelve_what_is_expected(
    catalog: PostgresAddress, tmp_path: Path, podman: PodmanForTests
) -> None:
    volumes = tuple(f"{folder}:{folder}:ro" for folder in ("/usr", "/lib", "/lib64"))
    manifest = msgspec.structs.replace(MANIFEST, image=PODMAN_IMAGE)
    runtime = PodmanRuntime(msgspec.structs.replace(podman.settings, volumes=volumes))
    with embedded(manifest, catalog, tmp_path, runtime) as scene:
        scene.run(DAG)
        scene.await_run(AFTER)
        scene.await_alerts(len(TWELVE.alerts))
        report = scene.report()
        told, spans = str(scene.receiver.posted), scene.spans()
    _agrees("podman", report, spans, tmp_path, told)


def _agrees(runner: str, report: RunReport, spans: list[Span], folder: Path, told: str) -> None:
    print(table({"expected": TWELVE, runner: report}))  # noqa: T201  # the table is what a reader wants
    assert report == TWELVE
    narrow = [span for span in spans if span.task in NARROW]
    assert len(narrow) == len(NARROW)
    assert overlapping(narrow) == []
    for secret in CANARIES:
        assert files_with(folder, secret) == []
        assert secret == ADDRESS or secret not in told
