"""The contract of runtimes, held by containers. Where Podman cannot run it is skipped, with the reason."""

from __future__ import annotations

import json
import os
import shutil
import signal
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from mainstem.errors import TaskNotStarted
from mainstem.manifest import Resources
from mainstem.orchestrate.keeping.files import read_claim
from mainstem.orchestrate.podman import PodmanRuntime
from mainstem.orchestrate.podman.runtime import container_name
from mainstem.testing.podman import IMAGE, NoPodman, PodmanForTests
from mainstem.testing.runtime import FOREVER, RuntimeContract, ended, new_marker, output, running, until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mainstem.orchestrate.runtime import Job, Runtime


@pytest.fixture(scope="module")
def podman() -> Iterator[PodmanForTests]:
    with tempfile.TemporaryDirectory(prefix="ms-podman-", ignore_cleanup_errors=True) as folder:
        podman = PodmanForTests(Path(folder))
        with pytest.MonkeyPatch.context() as patch:
            for name, value in podman.environment.items():
                patch.setenv(name, value)
            try:
                podman.prepare()
            except NoPodman as e:
                pytest.skip(f"no containers here: {e}")
            yield podman
            podman.wait_until_idle()
            left = [podman.names(("ps", "--all")), podman.names(("secret", "ls"))]
            podman.remove()
            assert left == [[], []]


class TestContainers(RuntimeContract):
    image = IMAGE
    adds = frozenset({"HOME", "HOSTNAME", "TERM", "container"})
    limits_memory = True
    _opened: list[PodmanRuntime]

    @pytest.fixture(autouse=True)
    def _podman(self, podman: PodmanForTests) -> Iterator[None]:
        self.podman = podman
        self._opened = []
        yield
        for runtime in self._opened:
            runtime.close()

    def open_runtime(self, **changed: Any) -> Runtime:
        lease = changed.pop("lease", None)
        runtime = PodmanRuntime(msgspec.structs.replace(self.podman.settings, **changed), lease=lease)
        self._opened.append(runtime)
        return runtime

    def kill(self, runtime: Runtime, handle: str) -> None:
        self.podman.call("kill", "--signal=KILL", container_name(Path(handle)))

    def lose(self, runtime: Runtime, handle: str) -> None:
        self.end_keeper(handle)
        self.end_monitor(handle)

    def working_directory(self) -> Path:
        return Path("/work")

    def end_keeper(self, handle: str) -> None:
        claim = read_claim(Path(handle))
        assert claim is not None
        os.kill(claim.pid, signal.SIGKILL)

    def end_monitor(self, handle: str) -> None:
        """conmon: the process of Podman's that each container has, which keeps its exit code."""
        os.kill(int((Path(handle) / "monitor.pid").read_text()), signal.SIGKILL)

    # --- what a container has that a process has not -------------------------------------------------------

    def test_an_image_that_is_not_here_is_not_fetched_and_the_task_not_started(
        self, runtime: Runtime, make: Callable[..., Job]
    ) -> None:
        job = make("true", image="localhost/absent:1")
        with pytest.raises(TaskNotStarted, match=r"localhost/absent:1.*not known; fetch it"):
            runtime.start(job)

    @pytest.mark.slow
    def test_the_images_own_entrypoint_is_not_run(self, make: Callable[..., Job], tmp_path: Path) -> None:
        (tmp_path / "Containerfile").write_text(f'FROM {IMAGE}\nENTRYPOINT ["/bin/false"]\nCMD ["x"]\n')
        self.podman.call("build", "--quiet", "--network=none", "--tag=localhost/entry:1", str(tmp_path))
        job = make("echo $#", image="localhost/entry:1")
        assert self.ran(self.open_runtime(), job).exit_code == 0
        assert output(job) == b"0\n"

    def test_a_container_has_what_settings_give_it_and_no_more_rights(
        self, make: Callable[..., Job], tmp_path: Path
    ) -> None:
        (tmp_path / "shared").mkdir()
        (tmp_path / "shared" / "a").write_text("from here")
        runtime = self.open_runtime(run_as_user=1234, volumes=(f"{tmp_path / 'shared'}:/shared:ro",))
        job = make(
            "id -u; cat /shared/a; echo; touch /shared/b 2>/dev/null || echo read-only; "
            "grep NoNewPrivs /proc/self/status; cat /proc/net/dev | grep -c :",
            cwd=Path(),
        )
        self.ran(runtime, job)
        assert output(job) == b"1234\nfrom here\nread-only\nNoNewPrivs:\t1\n1\n"

    @pytest.mark.slow
    def test_limits_and_labels_are_on_the_container(self, runtime: Runtime, make: Callable[..., Job]) -> None:
        job = make(FOREVER, resources=Resources("100m", "500m", "16Mi", "64Mi"))
        handle = runtime.start(job)
        shown = json.loads(self.podman.call("container", "inspect", container_name(job.folder)))[0]
        host, labels = shown["HostConfig"], shown["Config"]["Labels"]
        assert (host["NanoCpus"], host["CpuShares"]) == (500_000_000, 102)
        assert (host["Memory"], host["MemorySwap"], host["MemoryReservation"]) == (2**26, 2**26, 2**24)
        assert (labels["dag_id"], labels["task_id"], labels["try_number"]) == ("d", "task-0", "1")
        runtime.stop(handle, 0)

    @pytest.mark.slow
    def test_a_child_out_of_memory_is_told_where_its_parent_fails_for_it(
        self, runtime: Runtime, make: Callable[..., Job]
    ) -> None:
        job = make("tail /dev/zero; echo $?; exit 3", resources=Resources(memory_limit="32Mi"))
        outcome = self.ran(runtime, job)
        assert (outcome.ended, outcome.exit_code) == ("oom_killed", 3)
        assert output(job).splitlines()[-1] == b"137"

    def test_no_file_of_podmans_has_a_secret_once_a_try_has_ended(
        self, runtime: Runtime, make: Callable[..., Job]
    ) -> None:
        secret = "c4n4ry-that-podman-knew"
        job = make('[ ${#TOKEN} = 23 ] && echo "got it"', secrets=(secret,))
        job = replace(job, environment={**job.environment, "TOKEN": secret})
        self.ran(runtime, job)
        assert output(job) == b"got it\n"
        runtime.forget(str(job.folder))
        while job.folder.exists():  # its keeper takes it away, last of all
            self.podman.wait_until_idle()
        files = [file for file in self.podman.folder.rglob("*") if file.is_file() and not file.is_symlink()]
        assert any(file.name == "bolt_state.db" or file.suffix == ".sql" for file in files)
        assert [file for file in files if secret.encode() in file.read_bytes()] == []

    # --- what may die --------------------------------------------------------------------------------------

    @pytest.mark.parametrize("dying", ["monitor", "keeper", "container"])
    def test_whatever_of_it_dies_it_has_not_succeeded_and_nothing_of_it_runs(
        self, runtime: Runtime, make: Callable[..., Job], dying: str
    ) -> None:
        job = make('echo ready; sleep "$1" & wait', marker := new_marker())
        handle = runtime.start(job)
        until(runtime, handle, lambda: output(job) == b"ready\n")
        if dying == "monitor":
            self.end_monitor(handle)
        elif dying == "keeper":
            self.end_keeper(handle)
        else:
            self.podman.call("rm", "--force", "--time=0", container_name(job.folder))
        outcome = ended(runtime, handle)
        told = (outcome.ended, outcome.exit_code)
        # Podman kills a container before it removes it: its keeper may see how it ended between the two.
        assert told == ("lost", None) or (dying == "container" and told == ("killed", 137))
        assert running(marker) == []

    @pytest.mark.slow
    def test_after_a_reboot_what_ran_is_lost(self, make: Callable[..., Job], tmp_path: Path) -> None:
        """Podman shows what ran as created, with exit code 0."""
        with tempfile.TemporaryDirectory(prefix="ms-podman-", ignore_cleanup_errors=True) as folder:
            other = PodmanForTests(Path(folder))
            other.prepare()
            runtime = PodmanRuntime(other.settings)
            job = make(f"echo ready; {FOREVER}")
            handle = runtime.start(job)
            until(runtime, handle, lambda: output(job) == b"ready\n")
            program = int((job.folder / "program.pid").read_text())
            self.lose(runtime, handle)
            os.kill(program, signal.SIGKILL)
            for place in ("run", "tmp"):  # on a machine these are in memory
                for entry in (Path(folder) / place).iterdir():
                    shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
            assert ended(runtime, handle).ended == "lost"
            runtime.close()
            other.remove()

    @pytest.mark.slow
    def test_a_container_ends_when_no_runner_renews_its_lease(
        self, make: Callable[..., Job], tmp_path: Path
    ) -> None:
        lease = tmp_path / "lease"
        lease.write_text(str(time.clock_gettime(time.CLOCK_BOOTTIME) + 1))
        runtime = self.open_runtime(lease=lease)
        job = make('sleep "$1"', marker := new_marker())
        outcome = self.ran(runtime, job)
        assert outcome.ended == "lost"
        assert "lease" in outcome.reason
        assert running(marker) == []
