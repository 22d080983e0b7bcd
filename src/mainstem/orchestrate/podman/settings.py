"""How tasks are run in containers on this machine: the table `[podman]` of `mainstem.toml`."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec


class PodmanSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Containers that tasks run in, where the runner uses Podman. What a task itself asks for (image,
    resources, secrets) stands with the task."""

    program: str = "podman"
    """The program, or its path."""
    options: tuple[str, ...] = ()
    """Put before every subcommand: `["--root", "/data/containers"]`."""
    pull: Literal["never", "missing", "newer", "always"] = "never"
    """When an image is fetched from its registry. `never`: what runs is what somebody put there, and a
    registry that is down fails no task. A try waits for its image within `start_timeout`."""
    network: str = ""
    """Podman's word: `none`, `host`, a network's name. Empty: Podman's own default."""
    volumes: tuple[str, ...] = ()
    """`SOURCE:TARGET` or `SOURCE:TARGET:ro`, for every container. A source is an absolute path or a named
    volume. Nothing of this machine is in a container otherwise: the project is in its image."""
    run_as_user: Annotated[int, msgspec.Meta(ge=0)] | None = None
    """User id in the container. Left out: the image's."""
    project_folder: str = ""
    """Where the project is in the image: a task's relative `cwd` begins there."""
    termination_grace_period: Annotated[float, msgspec.Meta(ge=0)] = 30.0
    """Seconds between SIGTERM and SIGKILL when a try is over its time."""
    start_timeout: Annotated[float, msgspec.Meta(gt=0)] = 120.0
    """Seconds until a container must have started, its image fetched if need be."""
