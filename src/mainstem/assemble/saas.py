"""The simulated services of a simulated company, in one process: what `mainstem simulate saas` runs."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from mainstem.assemble.simulate import company_days
from mainstem.errors import UsageError
from mainstem.simulate.saas import ControlledClock, SaasApp, SaasServer, feed, service_names, services

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mainstem.simulate.play import Playing


def open_saas(
    company: Playing, months: int, names: Sequence[str], port: int, tell: Callable[[str], None]
) -> SaasServer:
    """The services with the whole history; their clock goes on from its end as real time does.

    Raises UsageError for a service there is not, or a port that is taken.
    """
    unknown = sorted(set(names) - set(service_names()))
    if unknown:
        raise UsageError(f"there is no simulated {unknown[0]}; there are {', '.join(service_names())}")
    clock = ControlledClock(datetime.combine(company.first_day, time(), UTC))
    made = services(clock, names, seed=company.seed)
    for day in company_days(company, months):
        if day.day.day == 1 and day.day.month == 1:
            tell(f"{day.day.year} …")
        feed(day.changes, made.values(), clock)
        for event in day.events:
            for service in made.values():
                service.observe(event)
    clock.run()
    try:
        return SaasServer(SaasApp(made, clock), port)
    except OSError as e:
        raise UsageError(f"port {port} of this machine cannot be had: {e.strerror}") from e
