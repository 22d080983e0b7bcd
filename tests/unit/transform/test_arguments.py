from __future__ import annotations

import pytest

from mainstem.errors import UsageError
from mainstem.transform.arguments import RESERVED, check_arguments


@pytest.mark.parametrize(
    "args",
    [
        ["build"],
        ["build", "--select", "fct_daily_site_visitors+", "--full-refresh"],
        ["test", "-s", "tag:nightly"],
        ["run-operation", "my_macro", "--args", "{threads: 4}"],
    ],
)
def test_what_chooses_and_shapes_a_run_is_the_callers(args: list[str]) -> None:
    check_arguments(args)


@pytest.mark.parametrize("option", RESERVED)
@pytest.mark.parametrize("spelling", ["{option} 4", "{option}=4"])
def test_threads_connection_and_folders_are_the_workers(option: str, spelling: str) -> None:
    with pytest.raises(UsageError, match=f"dbt {option} cannot be given"):
        check_arguments(["build", *spelling.format(option=option).split()])


def test_a_target_glued_to_its_short_option_is_seen() -> None:
    with pytest.raises(UsageError, match="-t cannot be given"):
        check_arguments(["build", "-tprod"])


@pytest.mark.parametrize("args", [[], ["clean"], ["--select", "x"]])
def test_other_commands_are_refused_with_the_valid_ones(args: list[str]) -> None:
    with pytest.raises(UsageError, match=r"valid: build, .*test"):
        check_arguments(args)
