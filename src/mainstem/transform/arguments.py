"""Which dbt calls the worker takes.

The connection, the folders and the number of threads are the worker's: with several threads dbt has
damaged a lake's catalog for good, so no argument may bring them back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS = frozenset(
    {
        "build",
        "clone",
        "compile",
        "deps",
        "docs",
        "list",
        "ls",
        "parse",
        "retry",
        "run",
        "run-operation",
        "seed",
        "snapshot",
        "source",
        "test",
    }
)

RESERVED = {
    "--threads": "the lake's catalog stands structure changes from one thread of a process only",
    "--target": "the project's warehouse is the only target",
    "-t": "the project's warehouse is the only target",
    "--profile": "the connection comes from mainstem.toml",
    "--profiles-dir": "the connection comes from mainstem.toml",
    "--project-dir": "the folder comes from [transform] project_dir in mainstem.toml",
    "--target-path": "dbt's files are kept in the project's data folder",
    "--log-path": "dbt's files are kept in the project's data folder",
    "--no-write-json": "the worker reads dbt's files after a run",
}


def check_arguments(args: Sequence[str]) -> None:
    """Raises UsageError for a command the worker does not run or an option that is not the caller's."""
    if not args or args[0] not in COMMANDS:
        given = repr(args[0]) if args else "nothing"
        raise UsageError(f"{given} is no dbt command the worker runs (valid: {', '.join(sorted(COMMANDS))})")
    for argument in args[1:]:
        option = argument.split("=", 1)[0]
        # click also takes a value glued to a short option: -tprod.
        if argument.startswith("-t") and not argument.startswith("--"):
            option = "-t"
        if option in RESERVED:
            raise UsageError(f"dbt {option} cannot be given: {RESERVED[option]}")
