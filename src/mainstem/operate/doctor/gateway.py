"""Whether the gateway would start with the settings as they are: sources, plans, rules, files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.errors import MainstemError
from mainstem.operate.doctor.finding import Finding, fail, ok

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from mainstem.events import Source

NAME = "gateway"


def check_gateway(sources: Callable[[], Sequence[Source]]) -> Iterator[Finding]:
    """`sources` reads all that the gateway reads at start, and raises what that would raise."""
    try:
        found = sources()
    except MainstemError as e:
        yield fail(
            NAME,
            f"it would not start: {e}",
            "mend it there; a gateway that runs goes on with the settings before, until it is restarted",
        )
        return
    plans = sum(source.tracking_plan is not None for source in found)
    yield ok(NAME, f"{len(found)} sources, {plans} with a tracking plan, and all they name can be read")
