"""The company's rows into simulated services, as they change; the clock goes along."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mainstem.simulate.saas.clock import ControlledClock
    from mainstem.simulate.saas.service import Service
    from mainstem.simulate.world import Change


def feed(changes: Iterable[Change], services: Iterable[Service], clock: ControlledClock) -> int:
    """Every change in its order; how many there were."""
    given = tuple(services)
    count = 0
    for count, change in enumerate(changes, start=1):  # noqa: B007 # it is what is returned
        clock.move_to(change.at)
        for service in given:
            service.absorb(change)
    return count
