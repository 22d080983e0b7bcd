"""The runtime where Podman is not as it should be. `tests/contract/test_podman_runtime.py` has it well."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mainstem.errors import RuntimeUnavailable, TaskNotStarted
from mainstem.manifest import Resources
from mainstem.orchestrate.podman import PodmanRuntime, PodmanSettings
from mainstem.orchestrate.podman.runtime import container_name
from mainstem.orchestrate.runtime import Job

if TYPE_CHECKING:
    from collections.abc import Iterator

SECRET = "c4n4ry"


@pytest.fixture
def job(tmp_path: Path) -> Job:
    folder = tmp_path / "dag_id=d" / "run_id=r" / "task_id=load" / "attempt=1"
    return Job("d", "r", "load", 1, ("true",), folder, Path(), {"T": SECRET}, secrets=(SECRET,), image="i:1")


def podman_that(tmp_path: Path, script: str) -> PodmanRuntime:
    """A runtime over a program that does as `script` says and records how it was called."""
    program = tmp_path / "podman"
    program.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/calls\n{script}\n')
    program.chmod(0o755)
    return PodmanRuntime(PodmanSettings(program=str(program), start_timeout=0.3))


@pytest.fixture
def calls(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "calls"


def test_without_podman_it_says_what_to_do(job: Job) -> None:
    runtime = PodmanRuntime(PodmanSettings(program="no-such-podman"))
    with pytest.raises(RuntimeUnavailable, match=r"no-such-podman.*install Podman"):
        runtime.start(job)
    assert runtime.found(job.folder) is None


def test_a_task_without_an_image_is_not_started(job: Job) -> None:
    with pytest.raises(TaskNotStarted, match="load has no image"):
        PodmanRuntime().start(replace(job, image=""))


def test_a_podman_that_refuses_everything_is_unavailable_and_the_try_may_be_started_again(
    job: Job, tmp_path: Path, calls: Path
) -> None:
    runtime = podman_that(tmp_path, 'echo "Error: database is locked" >&2; exit 125')
    for _ in range(2):
        with pytest.raises(RuntimeUnavailable, match="database is locked"):
            runtime.start(job)
        assert runtime.found(job.folder) is None
    assert SECRET not in calls.read_text()


def test_a_podman_that_refuses_this_job_starts_it_never(job: Job, tmp_path: Path) -> None:
    refuses = 'case "$*" in *" run "*) echo "Error: invalid volume c4n4ry" >&2; exit 125;; esac'
    runtime = podman_that(tmp_path, refuses)
    for _ in range(2):
        with pytest.raises(TaskNotStarted, match=r"invalid volume \*\*\*$"):
            runtime.start(job)
    runs = [call for call in (tmp_path / "calls").read_text().splitlines() if " run " in call]
    assert len(runs) == 1


def test_a_podman_that_does_not_answer_in_time_is_unavailable(job: Job, tmp_path: Path) -> None:
    runtime = podman_that(tmp_path, 'case "$*" in *" run "*) exec sleep 1000;; esac')
    with pytest.raises(RuntimeUnavailable, match=r"did not start it in 0.3 s"):
        runtime.start(job)
    assert runtime.found(job.folder) is None


def test_what_may_have_run_is_lost_and_not_started_again(job: Job, tmp_path: Path) -> None:
    """Podman's monitor is there before the program is."""
    monitor = job.folder / "monitor.pid"
    runtime = podman_that(tmp_path, f'case "$*" in *" run "*) echo 1 > {monitor}; exec sleep 1000;; esac')
    handle = runtime.start(job)
    outcome = runtime.poll(handle)
    assert outcome is not None
    assert (outcome.ended, outcome.exit_code) == ("lost", None)
    assert runtime.start(job) == handle
    calls = (tmp_path / "calls").read_text().splitlines()
    assert [call.split()[1] for call in calls if " run " in call or " rm " in call] == ["run", "rm", "secret"]


def test_limits_that_podman_would_pass_over_are_refused(job: Job, tmp_path: Path) -> None:
    host = '{"cgroupVersion": "v1", "cgroupControllers": ["memory"], "security": {"rootless": true}}'
    runtime = podman_that(tmp_path, f"echo '{host}'")
    with pytest.raises(TaskNotStarted, match="a limit of memory"):
        runtime.start(replace(job, resources=Resources(memory_limit="1Gi")))


def test_a_relative_folder_begins_at_the_images_project(job: Job) -> None:
    with pytest.raises(TaskNotStarted, match="project_folder"):
        PodmanRuntime().working_dir(replace(job, cwd=Path("dbt")))
    runtime = PodmanRuntime(PodmanSettings(project_folder="/project"))
    assert runtime.working_dir(replace(job, cwd=Path("dbt"))) == "/project/dbt"
    assert runtime.working_dir(replace(job, cwd=Path("/srv"))) == "/srv"
    assert runtime.working_dir(job) == ""


def test_a_container_has_the_name_of_its_task_and_no_other_try_has_it() -> None:
    one = Path("/a/runs/dag_id=d/run_id=r/task_id=Load Örders!/attempt=1")
    other = Path("/b/runs/dag_id=d/run_id=r/task_id=Load Örders!/attempt=1")
    assert container_name(one).startswith("load-rders-1-")
    assert container_name(one) != container_name(other)
