"""Settings of the embedded runner."""

from __future__ import annotations

from typing import Annotated

import msgspec


class RunnerSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[runner]` of `mainstem.toml`: how tasks are run on this machine. What is run is `[orchestrate]`."""

    enabled: bool = True
    """Whether `mainstem up` runs DAGs; `false` where Airflow does."""
    parallelism: Annotated[int, msgspec.Meta(ge=1)] = 8
    """Tries that run at once at the most, over all DAGs and pools."""
    stop_grace: Annotated[float, msgspec.Meta(ge=0)] = 10.0
    """Seconds from SIGTERM to SIGKILL for a try that is over its time, or is to end for another reason."""
    lease: Annotated[float, msgspec.Meta(ge=30)] = 120.0
    """Seconds after which another machine's runner may take over from one that is not heard of. A runner
    that does not reach Postgres for so long ends its tries before. It has no part on one machine alone,
    with the embedded Postgres."""
    longest_log_mb: Annotated[int, msgspec.Meta(ge=1)] = 1024
    """Megabytes of output that a try's log keeps; what comes after is counted and not kept."""
    pass_environment: tuple[str, ...] = ()
    """Variables of the runner's environment that processes of your own tasks get too, beside PATH, HOME and
    the like; `*` stands for any letters. Tasks of the stack itself get all of them."""
    secrets_dir: str | None = None
    """Folder of secrets, a file each: `<name>/<key>`. One that is not there is looked for in the
    environment as `<NAME>_<KEY>`."""
