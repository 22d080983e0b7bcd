from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mainstem.manifest import Resources, SecretRef
from mainstem.orchestrate.pod import PodOptions, Program, TryName, pod
from mainstem.orchestrate.podman import PodmanSettings
from mainstem.orchestrate.podman.arguments import run_arguments

TRY = TryName("shop", "manual__1", "load", 1)


def arguments(program: Program, options: PodOptions | None = None, **settings: Any) -> list[str]:
    return run_arguments(pod(TRY, program, options), PodmanSettings(**settings), Path("/runs/1"))


def test_the_whole_program_is_the_entrypoint_so_that_the_images_own_is_not_before_it() -> None:
    made = arguments(Program(("sh", "-c", "echo $$ $(A) größe"), "shop:1"))
    assert made[-2:] == ['--entrypoint=["sh", "-c", "echo $$ $(A) gr\\u00f6\\u00dfe"]', "shop:1"]


def test_a_secret_is_named_and_a_value_is_given() -> None:
    program = Program(
        ("true",), "i", environment={"A": "$$ b=c"}, secret_environment={"T": SecretRef("n", "0")}
    )
    assert {"--env=A=$$ b=c", "--secret=n.0,type=env,target=T"} <= set(arguments(program))


def test_limits_are_those_of_a_pod() -> None:
    program = Program(("true",), "i", resources=Resources("250m", "1500m", "64Mi", "1Gi"))
    assert [one for one in arguments(program) if one.startswith(("--cpu", "--memory"))] == [
        "--cpus=1.5",
        "--cpu-shares=256",
        "--memory=1073741824b",
        "--memory-swap=1073741824b",
        "--memory-reservation=67108864b",
    ]


def test_nothing_of_this_machine_is_in_a_container_unless_settings_say_so() -> None:
    bare = arguments(Program(("true",), "i"))
    assert not [one for one in bare if one.startswith(("--volume", "--network", "--user", "--workdir"))]
    assert {"--http-proxy=false", "--pull=never", "--security-opt=no-new-privileges"} <= set(bare)
    program = Program(("true",), "i", working_dir="/w")
    told = arguments(program, network="none", volumes=("/a:/b:ro", "/c:/d"), pull="missing")
    assert {"--network=none", "--volume=/a:/b:ro", "--volume=/c:/d", "--workdir=/w"} <= set(told)
    assert "--pull=missing" in told


def test_what_podman_cannot_be_told_is_refused() -> None:
    with pytest.raises(ValueError, match="nodeSelector"):
        arguments(Program(("true",), "i"), PodOptions(node_selector={"pool": "batch"}))
    with pytest.raises(ValueError, match="runAsNonRoot"):
        arguments(Program(("true",), "i"), PodOptions(run_as_non_root=True))
    assert "--user=7" in arguments(Program(("true",), "i"), PodOptions(run_as_non_root=True, run_as_user=7))
