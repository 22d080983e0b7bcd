"""Podman for tests: a store of its own in a folder, and an image made of nothing but busybox.

Nothing of the machine's own Podman is read or written, and nothing is fetched.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mainstem.orchestrate.podman import PodmanSettings

if TYPE_CHECKING:
    from collections.abc import Sequence

IMAGE = "localhost/mainstem-test-busybox:1"
_BUSYBOX = ("/bin/busybox", "/usr/bin/busybox")
_CONFIGURATION = """
[containers]
default_ulimits = ["nofile=8192:8192", "nproc=8192:8192"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
lock_type = "file"
"""
"""What Podman needs where there is no systemd. Locks in files: those in shared memory are the machine's."""


class NoPodman(Exception):
    """Why no container can be run here."""


@dataclass(frozen=True)
class PodmanForTests:
    """A store in `folder`, which has a short path: Podman's sockets are in it."""

    folder: Path

    @property
    def settings(self) -> PodmanSettings:
        places = {"--root": "root", "--runroot": "run", "--tmpdir": "tmp"}
        options = [f"{option}={self.folder / name}" for option, name in places.items()]
        if Path("/sys/fs/cgroup/unified").exists():  # crun refuses a mixture of both versions of cgroups
            options.append("--runtime=runc")
        return PodmanSettings(
            options=(*options, "--storage-driver=vfs"), network="none", termination_grace_period=0.3
        )

    @property
    def environment(self) -> dict[str, str]:
        """What has to be in the environment of whoever calls Podman."""
        return {"CONTAINERS_CONF": str(self.folder / "containers.conf")}

    def prepare(self) -> None:
        """Make the image. Raises NoPodman when containers cannot be run here."""
        if shutil.which("podman") is None:
            raise NoPodman("Podman is not installed")
        (self.folder / "containers.conf").write_text(_CONFIGURATION)
        build = self.folder / "image"
        self._write_image(build)
        self.call("build", "--quiet", "--network=none", f"--tag={IMAGE}", str(build))
        self.call("run", "--rm", "--network=none", "--pull=never", IMAGE, "/bin/true")

    def call(self, *arguments: str) -> str:
        """Raises NoPodman with what Podman says."""
        done = subprocess.run(
            ("podman", *self.settings.options, *arguments),
            env={**os.environ, **self.environment},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            said = (done.stderr.strip().splitlines() or ["nothing"])[-1]
            raise NoPodman(f"`podman {arguments[0]}` fails here: {said}")
        return done.stdout

    def names(self, kind: Sequence[str]) -> list[str]:
        """Of what there is: `("ps", "-a")` of containers, `("secret", "ls")` of secrets."""
        field = "{{.Names}}" if kind[0] == "ps" else "{{.Name}}"
        return self.call(*kind, "--format", field).split()

    def wait_until_idle(self) -> None:
        """Until every keeper has taken its container away; a caller's own time limit ends it."""
        while self.names(("ps", "--all")) or _keepers_of(self.folder):
            time.sleep(0.05)

    def images(self) -> list[str]:
        return self.call("images", "--format", "{{.Repository}}:{{.Tag}}").split()

    def remove(self) -> None:
        """End what runs and take the store away; in a namespace of its user where that owns the files."""
        self.call("rm", "--all", "--force", "--time=0")
        if os.geteuid():
            self.call("unshare", "rm", "-rf", str(self.folder / "root"))
        shutil.rmtree(self.folder, ignore_errors=True)

    def _write_image(self, build: Path) -> None:
        busybox = next((path for path in map(Path, _BUSYBOX) if path.exists()), None)
        if busybox is None:
            raise NoPodman("there is no busybox (busybox-static) to make an image of")
        programs = build / "bin"
        programs.mkdir(parents=True)
        shutil.copy(busybox, programs / "busybox")
        listed = subprocess.run((busybox, "--list"), capture_output=True, text=True, check=True)
        for applet in listed.stdout.split():
            if applet != "busybox":
                (programs / applet).symlink_to("busybox")
        (build / "work").mkdir()
        (build / "tmp").mkdir()
        (build / "Containerfile").write_text(
            "FROM scratch\nCOPY bin /bin\nCOPY work /work\nCOPY tmp /tmp\nENV PATH=/bin\n"
        )


def _keepers_of(folder: Path) -> list[str]:
    """Calls of Podman with this store that keepers have not ended yet."""
    found = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            arguments = process.read_bytes().decode(errors="replace").split("\0")
        except OSError:  # it has ended meanwhile
            continue
        if f"--root={folder / 'root'}" in arguments:
            found.append(arguments[0])
    return found
