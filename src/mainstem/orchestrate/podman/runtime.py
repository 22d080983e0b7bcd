"""Runs tries as Podman containers: a keeper for each starts its pod's container and sees it to its end.

It needs no service and no socket of Podman's, works for root and for users, and takes nothing from this
machine into a container but what settings say. A container has no name that another try could have: what was
started once is not started again, whoever died meanwhile.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from mainstem.config import spellings_of
from mainstem.errors import RuntimeUnavailable, TaskNotStarted
from mainstem.manifest import SecretRef
from mainstem.orchestrate.keeping import KeptRuntime, keeps
from mainstem.orchestrate.keeping.files import Ending, read_claim, read_ending
from mainstem.orchestrate.keeping.machine import this_machine
from mainstem.orchestrate.pod import PodOptions, Program, TryName, pod
from mainstem.orchestrate.podman.arguments import run_arguments, secret_name
from mainstem.orchestrate.podman.keeper import Podman, PodmanFailed, ended_properly, outcome_of
from mainstem.orchestrate.podman.settings import PodmanSettings

if TYPE_CHECKING:
    from mainstem.orchestrate.pod import Pod
    from mainstem.orchestrate.runtime import Job

_KEEPER = Path(__file__).with_name("keeper.py")
_ANSWER_SECONDS = 60.0
"""Of every call but the one that may fetch an image."""
_READABLE = 40
"""Characters of a name; with what follows a secret's name still fits Podman's 64."""


class PodmanRuntime(KeptRuntime):
    """Safe to use from several threads."""

    name = "podman"

    def __init__(self, settings: PodmanSettings | None = None, *, lease: Path | None = None) -> None:
        """`lease`: a file with the moment (seconds since the boot) at which keepers end their tries, unless
        it has been put off."""
        super().__init__()
        self._settings = settings or PodmanSettings()
        self._lease = lease
        self._command = [self._settings.program, "--log-level=fatal", *self._settings.options]
        self._podman = Podman(self._command, _ANSWER_SECONDS)
        self._can_limit: frozenset[str] | None = None

    def __reduce__(self) -> tuple[object, ...]:
        """Another process gets one of its own, over the same tries."""
        return (_opened, (self._settings, self._lease))

    def start(self, job: Job) -> str:
        """`job.environment` is all that the task asks for; the image adds its own. A `cwd` of `Path()` is the
        image's."""
        handle = str(job.folder)
        if read_claim(job.folder) is None:
            self._check(job)
        try:
            job.folder.mkdir(parents=True, exist_ok=True)
            answer = "found" if read_claim(job.folder) else self._kept(self._message(job))
        except OSError as e:
            raise RuntimeUnavailable(f"cannot use {job.folder}: {e.strerror}") from e
        kind, _, why = answer.partition(": ")
        if kind == "unavailable":
            raise RuntimeUnavailable(f"Podman cannot start {job.task_id} now: {why}")
        if not answer and read_claim(job.folder) is None:
            raise RuntimeUnavailable(f"the keeper of {job.task_id} could not be started")
        ending = read_ending(job.folder)
        if ending is not None and ending.ended == "not_started":
            raise TaskNotStarted(ending.reason)
        return handle

    def _kept(self, message: dict[str, Any]) -> str:
        """The answer of a new keeper; it goes on without us."""
        done = subprocess.run(
            (sys.executable, "-I", "-S", str(_KEEPER)),
            input=json.dumps(message).encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=False,
        )
        return done.stdout.decode(errors="replace")

    def _check(self, job: Job) -> None:
        """Raises TaskNotStarted for what cannot be as it is asked for, RuntimeUnavailable without Podman."""
        if not job.image:
            raise TaskNotStarted(f"{job.task_id} has no image: set `image` of the task or of the manifest")
        if shutil.which(self._settings.program) is None:
            raise RuntimeUnavailable(
                f"there is no program {self._settings.program} to run containers with: install Podman, name "
                "it in [podman] program, or let the runner run processes"
            )
        asked = {"cpu": job.resources.cpu_limit, "memory": job.resources.memory_limit}
        missing = [kind for kind, limit in asked.items() if limit and kind not in self._controllers()]
        if missing:
            raise TaskNotStarted(
                f"{job.task_id} has a limit of {' and of '.join(missing)}, which Podman cannot set here: it "
                "needs cgroups of version 2 that are delegated to this user, or root"
            )

    def _controllers(self) -> frozenset[str]:
        """Of cgroups, which limits can be set with. Podman passes over limits that it cannot set."""
        if self._can_limit is None:
            try:
                host = json.loads(self._podman("info", "--format", "{{json .Host}}"))
            except PodmanFailed as e:
                raise RuntimeUnavailable(f"Podman does not answer: {e}") from e
            usable = host["cgroupVersion"] == "v2" or not host["security"]["rootless"]
            self._can_limit = frozenset(host["cgroupControllers"] if usable else ())
        return self._can_limit

    def working_dir(self, job: Job) -> str:
        """Empty: the image's own. Raises TaskNotStarted."""
        if job.cwd == Path():
            return ""
        if not job.cwd.is_absolute() and not self._settings.project_folder:
            raise TaskNotStarted(
                f"{job.task_id} runs in {job.cwd}, which begins at the project's folder: say in [podman] "
                "project_folder where that is in the image"
            )
        return str(PurePosixPath(self._settings.project_folder, job.cwd))

    def _message(self, job: Job) -> dict[str, Any]:
        secrets, made = self._pod(job)
        return {
            "folder": str(job.folder),
            "log": str(job.log),
            "name": made["metadata"]["name"],
            "image": job.image,
            "advice": _advice(self._settings.pull),
            "podman": self._command,
            "run": run_arguments(made, self._settings, job.folder),
            "secrets": secrets,
            "spellings": spellings_of(job.secrets),
            "longest_log": job.longest_log,
            "timeout": job.timeout,
            "memory_limit": job.resources.memory_limit,
            "grace": self._settings.termination_grace_period,
            "start_seconds": self._settings.start_timeout,
            "podman_seconds": _ANSWER_SECONDS,
            "lease": None if self._lease is None else str(self._lease),
            "start_before": job.start_before,
            "machine": this_machine(),
        }

    def _pod(self, job: Job) -> tuple[dict[str, str], Pod]:
        """Podman's secrets that it needs, and the pod. A variable that has a secret anywhere in it is one."""
        name = container_name(job.folder)
        hidden = {
            variable: SecretRef(name=name, key=str(number))
            for number, (variable, value) in enumerate(job.environment.items())
            if any(secret and secret in value for secret in job.secrets)
        }
        program = Program(
            argv=job.argv,
            image=job.image,
            working_dir=self.working_dir(job),
            environment={name: text for name, text in job.environment.items() if name not in hidden},
            secret_environment=hidden,
            resources=job.resources,
        )
        options = PodOptions(run_as_user=self._settings.run_as_user)
        made = pod(TryName(job.dag_id, job.run_id, job.task_id, job.try_number), program, options)
        made["metadata"]["name"] = name
        values = {secret_name(ref.name, ref.key): job.environment[name] for name, ref in hidden.items()}
        return values, made

    def lost(self, folder: Path) -> Ending:
        """Without its keeper a container has no reader: it is ended, whatever it was at. One that had ended
        by itself tells its code."""
        try:
            state = self._podman.state(container_name(folder))
            self._remove(folder)
        except PodmanFailed as e:
            raise RuntimeUnavailable(f"Podman does not answer: {e}") from e
        if not ended_properly(state):
            return Ending("lost", None, "lost: its keeper was killed, and what ran of it was ended")
        found = outcome_of(state, None, None, "")
        reason = f"{found['reason']}; its keeper was killed, so the end of its log is missing"
        return Ending(found["ended"], found["exit_code"], reason)

    def _remove(self, folder: Path) -> None:
        name = container_name(folder)
        self._podman("rm", "--force", "--time", "0", "--ignore", name)
        for secret in self._podman("secret", "ls", "--format", "{{.Name}}").split():
            if secret.startswith(f"{name}."):
                self._podman("secret", "rm", secret)

    def forget(self, handle: str) -> None:
        """A keeper that lives takes its container away itself, and then the folder: Podman may keep it
        waiting for minutes, and nobody else has to wait for that."""
        folder = Path(handle)
        self.let_go(handle)
        if keeps(read_claim(folder)):
            with contextlib.suppress(FileNotFoundError):
                (folder / "forget").touch()
            if keeps(read_claim(folder)):
                return
        if folder.exists() and not (folder / "removed").exists():
            try:
                self._remove(folder)
            except PodmanFailed as e:
                raise RuntimeUnavailable(f"Podman does not answer: {e}") from e
        self.remove(folder)


def container_name(folder: Path) -> str:
    """Of the try whose folder this is: to be read by people, and no other try's."""
    words = (part.partition("=")[2] or part for part in (folder.parent.name, folder.name))
    readable = re.sub(r"[^a-z0-9]+", "-", "-".join(words).lower()).strip("-")[:_READABLE].rstrip("-")
    return f"{readable or 'task'}-{hashlib.sha256(str(folder).encode()).hexdigest()[:12]}"


def _advice(pull: str) -> str:
    """Behind Podman's words on an image that it does not have."""
    if pull != "never":
        return ""
    return "; fetch it (podman pull), build it (podman build), or set [podman] pull"


def _opened(settings: PodmanSettings, lease: Path | None) -> PodmanRuntime:
    return PodmanRuntime(settings, lease=lease)
