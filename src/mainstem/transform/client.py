"""Ask the dbt worker of a project to run something; follow it to its end. Imports no dbt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.errors import EnvironmentFailure, UsageError
from mainstem.transform.arguments import check_arguments
from mainstem.transform.endpoint import connect
from mainstem.transform.messages import Event, Finished, Request, decode_event, encode

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path


def build(
    socket_path: Path,
    args: Sequence[str],
    on_event: Callable[[Event], None] = lambda event: None,
    asked_by: str = "unknown",
) -> Finished:
    """Run `dbt build` with `args` in the worker; `run` tells the rest."""
    return run(socket_path, ("build", *args), on_event, asked_by)


def run(
    socket_path: Path,
    args: Sequence[str],
    on_event: Callable[[Event], None] = lambda event: None,
    asked_by: str = "unknown",
) -> Finished:
    """Run dbt with `args` in the worker; `asked_by` stands in the history of builds. `ask` tells the rest."""
    return ask(socket_path, Request(tuple(args), asked_by), on_event)


def ask(
    socket_path: Path, request: Request, on_event: Callable[[Event], None] = lambda event: None
) -> Finished:
    """Have the worker do what is requested and return how it ended; failures of models are in there.

    `on_event` gets every event but the last. A caller who leaves early misses the rest, the run goes on.
    Raises UsageError when no worker answers or an argument is not allowed, EnvironmentFailure when the
    worker dies meanwhile.
    """
    check_arguments(request.args)
    try:
        connection = connect(socket_path)
    except (FileNotFoundError, ConnectionRefusedError) as e:
        raise UsageError(
            f"no dbt worker answers on {socket_path}; start `mainstem up`, or `mainstem transform` alone"
        ) from e
    with connection:
        connection.sendall(encode(request))
        with connection.makefile("rb") as lines:
            for line in lines:
                event = decode_event(line)
                if isinstance(event, Finished):
                    return event
                on_event(event)
    raise EnvironmentFailure("the dbt worker ended before the run did; its log says why")
